"""Data sets in their official formats, from files on this machine; nothing is downloaded."""

from autograder.datasets.catalogue import load, load_folder, names
from autograder.datasets.places import places
from autograder.datasets.split import DataBroken, DataMissing, Split, statistics

__all__ = [
    "DataBroken",
    "DataMissing",
    "Split",
    "load",
    "load_folder",
    "names",
    "places",
    "statistics",
]
