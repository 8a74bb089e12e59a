"""Tiny ImageNet (Stanford CS231n): 200 classes of 64 x 64 pictures; `val` is the test part.

The pictures of its own `test` folder have no labels and are not read. Mean and deviation are
the figures in common use for its training pictures.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from autograder.datasets.cache import Decoded
from autograder.datasets.folder import read as read_folder
from autograder.datasets.places import missing
from autograder.datasets.split import DataBroken

MEAN, STD = (0.4802, 0.4481, 0.3975), (0.2770, 0.2691, 0.2821)
CLASSES = 200
EACH = {"train": 500, "test": 50}  # pictures of one class
SHAPE = (3, 64, 64)
SOURCES = ("tiny-imagenet-200", "tiny-imagenet-200.zip", "tiny-imagenet-200.tar.gz", ".")
SOURCE = "http://cs231n.stanford.edu/tiny-imagenet-200.zip"


def read(part: str, looked: tuple[Path, ...]) -> Decoded:
    """Return a part from the first place that has it; raises DataMissing and DataBroken."""
    for source in (place / name for place in looked for name in SOURCES):
        if source.is_file() or (source / "wnids.txt").is_file():
            return checked(source, part, read_folder(source, part))
    raise missing("Tiny ImageNet", looked, "tiny-imagenet-200.zip", SOURCE)


def checked(source: Path, part: str, found: Decoded) -> Decoded:
    """Return what was found if it is whole; raises DataBroken."""
    counts = np.bincount(found.labels, minlength=len(found.classes))
    if len(counts) != CLASSES or set(counts.tolist()) != {EACH[part]}:
        seen = f"{len(counts)} classes with {counts.min():,} to {counts.max():,} pictures each"
        wanted = f"{CLASSES} with {EACH[part]} each were wanted"
        raise DataBroken(f"{source} has {seen} in its {part} part, {wanted}: copy it here again")
    if found.images.shape[1:] != SHAPE:
        raise DataBroken(f"{source} has pictures of {found.images.shape[1:]}, not {SHAPE}")
    return found
