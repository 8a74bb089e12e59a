"""Data sets, thin first version."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

CIFAR = "airplane automobile bird cat deer dog frog horse ship truck".split()


class DataMissing(Exception):
    """A data set is not here."""


@dataclass(frozen=True)
class Split:
    name: str
    part: str
    images: np.ndarray[Any, Any]
    labels: np.ndarray[Any, Any]
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def normalised(self, start: int = 0, stop: int | None = None) -> np.ndarray[Any, Any]:
        shape = (1, -1, 1, 1)
        mean = np.array(self.mean, np.float32).reshape(shape)
        std = np.array(self.std, np.float32).reshape(shape)
        return (self.images[start:stop].astype(np.float32) / 255 - mean) / std


def places(folder: Path | None = None) -> tuple[Path, ...]:
    found = [folder] if folder else []
    found += [Path(p) for p in os.environ.get("GRADER_DATA", "").split(os.pathsep) if p]
    return tuple(found)


def load(name: str, part: str, folder: Path | None = None) -> Split:
    for place in places(folder):
        if name == "mnist" and (place / "mnist").is_dir():
            stem = {"train": "train", "test": "t10k"}[part]
            read = lambda f, o: np.frombuffer(gzip.open(place / "mnist" / f).read(), np.uint8, offset=o)  # noqa
            x = read(f"{stem}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
            y = read(f"{stem}-labels-idx1-ubyte.gz", 8).astype(np.int64)
            return Split(name, part, x, y, tuple("0123456789"), (0.1307,), (0.3081,))
        if name == "cifar10" and (place / "cifar10-jpeg.tar.gz").is_file():
            cache = Path("/tmp/x/c")
            x, y = np.load(cache / f"{part}_x.npy", mmap_mode="r"), np.load(cache / f"{part}_y.npy")
            return Split(name, part, x, y.astype(np.int64), tuple(CIFAR), (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))
    raise DataMissing(f"{name} is not on this machine: set GRADER_DATA")
