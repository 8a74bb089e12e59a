"""CIFAR-10 (Krizhevsky 2009): the official archives, and a copy as JPEG files.

The JPEG copy was encoded again, so its pixels differ a little from the official ones, and an
accuracy on it is not exactly comparable with published figures. Mean and deviation are those
of the official training images for both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.datasets import pickled
from autograder.datasets.archive import Member, members
from autograder.datasets.cache import Decoded, cached
from autograder.datasets.pictures import decode, is_picture
from autograder.datasets.places import missing
from autograder.datasets.split import DataBroken

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SHAPE = (3, 32, 32)
PIXELS = 3 * 32 * 32
BATCH = 10_000  # images in one official file
EACH = {"train": 5_000, "test": 1_000}  # images of one class
BATCHES = {"train": tuple(f"data_batch_{n}" for n in range(1, 6)), "test": ("test_batch",)}
PICKLES = ("cifar-10-batches-py", "cifar-10-python.tar.gz")
BINARIES = ("cifar-10-batches-bin", "cifar-10-binary.tar.gz")
JPEGS = ("cifar10-jpeg.tar.gz", "cifar10-jpeg.tar", "cifar10-jpeg", "cifar10", ".")
SOURCE = "https://www.cs.toronto.edu/~kriz/cifar.html"


def read(part: str, looked: tuple[Path, ...]) -> Decoded:
    """Return a part of CIFAR-10 from the first place that has it, official files first.

    The JPEG copy is sorted by class and comes in one fixed shuffled order. Raises
    DataMissing and DataBroken.
    """
    for place in looked:
        for name in (*PICKLES, *BINARIES, *JPEGS):
            for source in (place / name, place / "cifar10" / name):
                if _holds(source, name):
                    build = partial(_decode, part, source)
                    return cached(f"cifar10-{part}", (source,), build)
    files = "cifar-10-python.tar.gz, cifar-10-binary.tar.gz or cifar10-jpeg.tar.gz"
    raise missing("CIFAR-10", looked, files, SOURCE)


def _holds(source: Path, name: str) -> bool:
    if name.endswith((".gz", ".tar")):
        return source.is_file()
    if name in JPEGS:
        return (source / "train" / CLASSES[0]).is_dir()
    return source.is_dir()


def _decode(part: str, source: Path) -> Decoded:
    if source.name in (*PICKLES, *BINARIES):
        return official(part, source)
    return jpegs(part, source, EACH[part])


def official(part: str, source: Path) -> Decoded:
    """Return a part from the official files, in their own order; raises DataBroken."""
    pickles = source.name in PICKLES
    names = [name if pickles else f"{name}.bin" for name in BATCHES[part]]
    found = {file.name.name: file.data for file in members(source, lambda name: name.name in names)}
    absent = [name for name in names if name not in found]
    if absent:
        raise DataBroken(f"{source} lacks {', '.join(absent)}: copy it here again")
    batches = [_batch(source, name, found[name], pickles) for name in names]
    pixels = np.concatenate([images for images, _ in batches])
    labels = np.concatenate([labels for _, labels in batches])
    return Decoded(pixels.reshape(-1, *SHAPE), labels, CLASSES)


def _batch(
    source: Path, name: str, data: bytes, pickles: bool
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    if pickles:
        images, labels = _unpickled(source, name, data)
    else:
        if len(data) != BATCH * (1 + PIXELS):
            seen = f"has {len(data):,} bytes, {BATCH * (1 + PIXELS):,} were wanted"
            raise DataBroken(f"{source}: {name} {seen}: copy it here again")
        rows = np.frombuffer(data, np.uint8).reshape(BATCH, 1 + PIXELS)
        images, labels = rows[:, 1:], rows[:, 0].astype(np.int64)
    if labels.min() < 0 or labels.max() > 9:
        wrong = int(np.flatnonzero((labels < 0) | (labels > 9))[0])
        seen = f"label {wrong} is {labels[wrong]}, 0 to 9 was wanted"
        raise DataBroken(f"{source}: in {name}, {seen}")
    return images, labels


def _unpickled(
    source: Path, name: str, data: bytes
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    try:
        told: Mapping[str, Any] = pickled.read(data)
    except ValueError as wrong:
        raise DataBroken(f"{source}: {name} is not a batch of CIFAR-10: {wrong}") from wrong
    images, labels = told.get("data"), told.get("labels")
    if not isinstance(images, np.ndarray) or images.shape != (BATCH, PIXELS):
        seen = images.shape if isinstance(images, np.ndarray) else "no array"
        raise DataBroken(f"{source}: {name} has {seen} as data, {(BATCH, PIXELS)} was wanted")
    whole = isinstance(labels, list) and all(type(label) is int for label in labels)
    if not whole or len(labels) != BATCH:  # type: ignore[arg-type]
        raise DataBroken(f"{source}: {name} has no list of {BATCH:,} whole numbers as labels")
    return images, np.array([min(max(label, -1), 10) for label in labels], np.int64)  # type: ignore[union-attr]


def jpegs(part: str, source: Path, each: int) -> Decoded:
    """Return a part from `<part>/<class>/*.jpg` in a folder or tar, in a fixed shuffled order.

    `each` is the number of images of each class. Raises DataBroken.
    """

    def wanted(name: PurePosixPath) -> bool:
        return is_picture(name) and len(name.parts) >= 3 and name.parts[-3] == part

    def known() -> Iterator[Member]:
        for file in members(source, wanted, most=1 << 20):
            if file.name.parts[-2] not in CLASSES:
                raise DataBroken(f"{source}: {file.name} is of no class of CIFAR-10")
            yield file

    found = decode(source, known())
    labels = np.array([CLASSES.index(name.parts[-2]) for name in found.names], np.int64)
    counts = Counter(labels.tolist())
    for label, title in enumerate(CLASSES):
        if counts[label] != each:
            seen = f"has {counts[label]:,} pictures in {part}/{title}, {each:,} were wanted"
            raise DataBroken(f"{source} {seen}: copy it here again")
    if found.pixels.shape[1:] != SHAPE:
        raise DataBroken(f"{source} has pictures of {found.pixels.shape[1:]}, not {SHAPE}")
    return Decoded(found.pixels, labels, CLASSES)
