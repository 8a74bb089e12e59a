"""Ten kinds of shapes, drawn here: a data set that needs no files and is quickly learnt.

Each image is one shape at a random place, in a random size, turned a little, in random
brightness, under noise.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from autograder.datasets.cache import Decoded

CLASSES = (
    "disc", "ring", "square", "frame", "triangle", "cross", "bar", "stripes", "checker", "dots",
)  # fmt: skip
COUNTS = {"train": 2_000, "test": 500}
SEEDS = {"train": 1, "test": 2}
GREY, COLOUR = (1, 28), (3, 32)  # channels, pixels a side
MEANS = {GREY: (0.2135,), COLOUR: (0.5024, 0.4945, 0.5084)}
STDS = {GREY: (0.2499,), COLOUR: (0.2747, 0.2774, 0.2816)}
TURN = math.radians(20)
NOISE = 0.12

Field = npt.NDArray[np.float32]


def draw(part: str, look: tuple[int, int]) -> Decoded:
    """Return a part, uint8 (N, C, side, side) for `look` (C, side): balanced, always the same."""
    channels, side = look
    count = COUNTS[part]
    rng = np.random.Generator(np.random.PCG64([SEEDS[part], channels, side]))
    labels = rng.permuted(np.arange(count) % len(CLASSES))
    radius = side * _uniform(rng, count, 0.24, 0.36)
    centres = [side / 2 + (side / 2 - radius) * _uniform(rng, count, -0.8, 0.8) for _ in "xy"]
    angle = _uniform(rng, count, -TURN, TURN)
    grid = np.arange(side, dtype=np.float32) + np.float32(0.5)
    x = (grid[None, None, :] - centres[0]) / radius
    y = (grid[None, :, None] - centres[1]) / radius
    u, v = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    inside = np.empty((count, side, side), np.float32)
    for label, kind in enumerate(CLASSES):
        rows = labels == label
        inside[rows] = depth(kind, u[rows], v[rows])
    cover = np.clip(inside * radius + np.float32(0.5), 0, 1)[:, None]
    ink, paper = _inks(rng, count, channels)
    pixels = paper + (ink - paper) * cover
    pixels += _uniform(rng, pixels.shape, -NOISE, NOISE)
    images = (np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8)
    whole = labels.astype(np.int64)
    images.flags.writeable = whole.flags.writeable = False
    return Decoded(images, whole, CLASSES)


def _uniform(
    rng: np.random.Generator, shape: int | tuple[int, ...], low: float, high: float
) -> Field:
    whole = (shape, 1, 1) if isinstance(shape, int) else shape
    found: Field = np.float32(low) + np.float32(high - low) * rng.random(whole, np.float32)
    return found


def _inks(rng: np.random.Generator, count: int, channels: int) -> tuple[Field, Field]:
    """Return the colours of shape and ground, (count, channels, 1, 1) each, far apart."""
    if channels == 1:
        ink = _uniform(rng, (count, 1, 1, 1), 0.55, 1.0)
        return ink, _uniform(rng, (count, 1, 1, 1), 0.0, 0.2)
    paper = _uniform(rng, (count, channels, 1, 1), 0.0, 1.0)
    away = np.where(paper < 0.5, np.float32(1), np.float32(-1))
    return paper + away * _uniform(rng, (count, channels, 1, 1), 0.3, 0.5), paper


def depth(kind: str, u: Field, v: Field) -> Field:
    """Return how far inside the shape a point is, negative outside; its radius is about 1."""
    across, down = np.abs(u), np.abs(v)
    outer = np.maximum(across, down)
    found: Field
    match kind:
        case "disc":
            found = np.float32(0.9) - np.hypot(u, v)
        case "ring":
            found = np.float32(0.2) - np.abs(np.hypot(u, v) - np.float32(0.75))
        case "square":
            found = np.float32(0.8) - outer
        case "frame":
            found = np.float32(0.17) - np.abs(outer - np.float32(0.7))
        case "triangle":
            turns = [math.radians(angle) for angle in (90, 210, 330)]
            edges = [u * np.float32(math.cos(t)) + v * np.float32(math.sin(t)) for t in turns]
            found = np.float32(0.5) - np.maximum.reduce(edges)
        case "cross":
            inner = np.minimum(across, down)
            found = np.minimum(np.float32(0.22) - inner, np.float32(0.95) - outer)
        case "bar":
            found = np.minimum(np.float32(0.25) - down, np.float32(1) - across)
        case "stripes":
            waves = np.float32(0.3) * np.cos(u * np.float32(3 * math.pi))
            found = np.minimum(waves, np.float32(0.85) - outer)
        case "checker":
            waves = np.sin(u * np.float32(math.pi / 0.85)) * np.sin(v * np.float32(math.pi / 0.85))
            found = np.minimum(np.float32(0.4) * waves, np.float32(0.85) - outer)
        case _:
            found = np.float32(0.32) - np.hypot(across - np.float32(0.55), down - np.float32(0.55))
    return found
