"""Pictures in files (PNG, JPEG, BMP) decoded to one array."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.datasets.archive import Member
from autograder.datasets.split import CHUNK, DataBroken, DataMissing

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")
FORMATS = ("PNG", "JPEG", "BMP")
GREY = ("1", "L", "LA")
COLOUR = ("RGB", "RGBA", "P", "PA", "CMYK", "YCbCr", "RGBX")
MOST_SIDE = 4096
MOST_PIXELS = 4 << 30  # bytes of one part, decoded


@dataclass(frozen=True, eq=False)
class Pictures:
    """Decoded pictures: uint8 (N, C, H, W), in one fixed shuffled order of their names."""

    names: tuple[PurePosixPath, ...]
    pixels: npt.NDArray[np.uint8]


def is_picture(name: PurePosixPath) -> bool:
    """Tell whether a file's name is that of a picture."""
    return name.suffix.lower() in SUFFIXES


def decode(
    source: Path, files: Iterable[Member], size: int | None = None, channels: int | None = None
) -> Pictures:
    """Decode pictures, which all have one size, or are resized to `size` x `size`.

    Without `channels` there is one channel if all of them are grey, else three. The order
    does not depend on that of the files. Raises DataBroken naming the first picture that
    does not fit, and DataMissing without Pillow.
    """
    image = _pillow()
    names: list[PurePosixPath] = []
    buffer, shape, colour = bytearray(), (0, 0), channels == 3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in files:
            picture = _open(image, source, name, data)
            if picture.mode not in GREY and channels == 1:
                raise DataBroken(f"{source}: {name} is in colour, only grey ones were wanted")
            colour = colour or picture.mode not in GREY
            picture = picture.convert("RGB")
            if size:
                picture = picture.resize((size, size), image.Resampling.BILINEAR)
            if names and picture.size != shape:
                raise _misfit(source, name, picture.size, names[0], shape)
            shape = picture.size
            names.append(name)
            buffer += picture.tobytes()
            if len(buffer) > MOST_PIXELS:
                raise DataBroken(f"{source} decodes to more than {MOST_PIXELS:,} bytes")
    order = np.array(sorted(range(len(names)), key=lambda n: names[n]), np.int64)
    order = order[shuffled(len(names))]
    pixels = np.frombuffer(buffer, np.uint8).reshape(len(names), shape[1], shape[0], 3)
    arranged = _arranged(pixels[..., : 3 if colour else 1], order)
    return Pictures(tuple(names[n] for n in order), arranged)


def _arranged(pixels: npt.NDArray[np.uint8], order: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """Return (N, H, W, C) as (N, C, H, W) in the given order, with one copy in memory only."""
    count, height, width, channels = pixels.shape
    arranged = np.empty((count, channels, height, width), np.uint8)
    for start in range(0, count, CHUNK):
        rows = order[start : start + CHUNK]
        arranged[start : start + CHUNK] = pixels[rows].transpose(0, 3, 1, 2)
    return arranged


def shuffled(count: int) -> npt.NDArray[np.int64]:
    """Return one fixed order of `count` things, the same for every version of NumPy.

    Pictures come sorted by class; a slice of them in this order is balanced.
    """
    return np.argsort(np.random.PCG64(0).random_raw(count), kind="stable")


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as absent:
        raise DataMissing("reading pictures needs Pillow: pip install pillow") from absent
    return Image


def _open(image: Any, source: Path, name: PurePosixPath, data: bytes) -> Any:
    """Return a decoded picture; raises DataBroken."""
    try:
        picture = image.open(io.BytesIO(data), formats=FORMATS)
        if max(picture.size) > MOST_SIDE:
            raise DataBroken(f"{source}: {name} has {_size(picture.size)} pixels, too many")
        picture.load()
    except DataBroken:
        raise
    except Exception as wrong:  # a damaged picture may raise anything in its decoder
        seen = f"is no whole picture ({type(wrong).__name__})" if data else "is empty"
        raise DataBroken(f"{source}: {name} {seen}: a PNG, JPEG or BMP was wanted") from wrong
    if picture.mode not in (*GREY, *COLOUR):
        seen = f"has pixels of type {picture.mode}"
        raise DataBroken(f"{source}: {name} {seen}: grey or colour, 8 bits each, was wanted")
    return picture


def _misfit(
    source: Path,
    name: PurePosixPath,
    size: tuple[int, int],
    first: PurePosixPath,
    wanted: tuple[int, int],
) -> DataBroken:
    return DataBroken(
        f"{source}: {name} has {_size(size)} pixels and {first} has {_size(wanted)}: "
        "pictures of one size were wanted, or a size to bring them to"
    )


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"
