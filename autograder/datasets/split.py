"""One part of a data set as arrays, and what goes wrong with the files it comes from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PARTS = ("train", "test")
CHUNK = 1000  # images at a time, so that statistics never hold the set as floats


class DataMissing(Exception):
    """A data set, or what reads it, is not on this machine; says where to get it."""


class DataBroken(Exception):
    """A file is there but cannot be used; names it, what was seen and what was wanted."""


@dataclass(frozen=True, eq=False)
class Split:
    """One part of a data set.

    `images` are uint8 (N, C, H, W), C-contiguous and read-only, possibly a memory map;
    `labels` int64 (N,), indices into `classes`; `mean` and `std` are per channel, of
    images / 255 of the training part.
    """

    name: str
    part: str
    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def normalised(self, start: int = 0, stop: int | None = None) -> npt.NDArray[np.float32]:
        """Return images[start:stop] as (images / 255 - mean) / std, float32 (n, C, H, W)."""
        values = self.images[start:stop].astype(np.float32, order="C")
        values /= np.float32(255)
        values -= np.array(self.mean, np.float32).reshape(-1, 1, 1)
        values /= np.array(self.std, np.float32).reshape(-1, 1, 1)
        return np.asarray(values)


def statistics(split: Split) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the mean and the standard deviation of a split's own images / 255, per channel.

    The deviation is over all pixels and all images, divided by their number.
    """
    return moments(split.images)


def moments(images: npt.NDArray[np.uint8]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and standard deviation per channel of uint8 (N, C, H, W) / 255, exactly.

    Raises ValueError for no images.
    """
    if images.size == 0:
        raise ValueError("there are no images to take a mean of")
    channels = images.shape[1]
    counts = np.zeros((channels, 256), np.int64)
    for start in range(0, len(images), CHUNK):
        for channel in range(channels):
            values = images[start : start + CHUNK, channel].ravel()
            counts[channel] += np.bincount(values, minlength=256)
    levels, share = np.arange(256) / 255, counts / counts.sum(1, keepdims=True)
    mean = share @ levels
    spread = [np.sqrt(share[c] @ (levels - mean[c]) ** 2) for c in range(channels)]
    return tuple(float(m) for m in mean), tuple(float(s) for s in spread)
