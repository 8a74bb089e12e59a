"""MNIST in the idx format of its authors (LeCun, Cortes, Burges), packed by gzip or not."""

from __future__ import annotations

import math
import struct
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.datasets.archive import reading, unpacked
from autograder.datasets.cache import Decoded, cached
from autograder.datasets.places import missing
from autograder.datasets.split import DataBroken

MEAN, STD = (0.1307,), (0.3081,)
CLASSES = tuple("0123456789")
STEMS = {"train": "train", "test": "t10k"}
COUNTS = {"train": 60_000, "test": 10_000}
SIDE = 28
BASES = ("", "mnist", "MNIST/raw")
SOURCE = "https://storage.googleapis.com/cvdf-datasets/mnist/"


def read(part: str, looked: tuple[Path, ...]) -> Decoded:
    """Return a part of MNIST from the first place that has it.

    Raises DataMissing and DataBroken.
    """
    seen = ""
    for base in (place / base for place in looked for base in BASES):
        images, labels = (_find(base, f"{STEMS[part]}-{kind}") for kind in ("images", "labels"))
        if images and labels:
            build = partial(_decode, part, images, labels)
            return cached(f"mnist-{part}", (images, labels), build)
        lone = images or labels
        if lone:
            seen = f"{lone} is there, but not its {'labels' if images else 'images'}"
    stem = STEMS[part]
    files = f"{stem}-images-idx3-ubyte.gz and {stem}-labels-idx1-ubyte.gz"
    raise missing("MNIST", looked, files, SOURCE, seen)


def _find(base: Path, stem: str) -> Path | None:
    ending = "idx3-ubyte" if stem.endswith("images") else "idx1-ubyte"
    names = [f"{stem}{joint}{ending}{gz}" for gz in ("", ".gz") for joint in "-."]
    return next((base / name for name in names if (base / name).is_file()), None)


def _decode(part: str, images: Path, labels: Path) -> Decoded:
    count = COUNTS[part]
    pixels = idx(images, (count, SIDE, SIDE))
    digits = idx(labels, (count,))
    if digits.max() > 9:
        where = int(digits.argmax())
        raise DataBroken(f"{labels}: label {where} is {digits[where]}, 0 to 9 was wanted")
    return Decoded(pixels.reshape(count, 1, SIDE, SIDE), digits.astype(np.int64), CLASSES)


def idx(path: Path, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Return the uint8 array of an idx file, which must have just this shape.

    The format: two zero bytes, 8 for unsigned bytes, the number of dimensions, each as a
    big-endian uint32, then the values. Never reads more than such a file holds. Raises
    DataBroken.
    """
    start = 4 + 4 * len(shape)
    whole = start + math.prod(shape)
    with reading(path), unpacked(path) as file:
        data = file.read(whole + 1)
    wanted = f"the idx file of {' x '.join(f'{n:,}' for n in shape)} bytes was wanted"
    if data[:4] != bytes((0, 0, 8, len(shape))):
        raise DataBroken(f"{path} starts with {data[:4].hex(' ') or 'nothing'}: {wanted}")
    found = struct.unpack(f">{len(shape)}I", data[4:start]) if len(data) >= start else ()
    if found != shape:
        seen = " x ".join(f"{n:,}" for n in found) or "nothing"
        raise DataBroken(f"{path} says that it holds {seen}: {wanted}")
    if len(data) != whole:
        seen = "is too long" if len(data) > whole else f"ends after {len(data):,} bytes"
        raise DataBroken(f"{path} {seen}, {whole:,} were wanted: copy it here again")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)
