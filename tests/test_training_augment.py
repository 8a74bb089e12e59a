"""Augmentation: what must stay, what may change, and how often."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from autograder.training import augment  # noqa: E402

SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 3), st.integers(3, 12), st.integers(3, 12))
SEEDS = st.integers(0, 2**31)
CHANGES: dict[str, Callable[[Any, Any], Any]] = {
    "crop": lambda images, draw: augment.crop(images, 3, draw),
    "flip": augment.flip,
    "cutout": lambda images, draw: augment.cutout(images, 4, draw),
    "shift": lambda images, draw: augment.shift_scale_rotate(images, 2, 0.0, 0.0, draw),
    "scale": lambda images, draw: augment.shift_scale_rotate(images, 0, 0.2, 0.0, draw),
    "rotate": lambda images, draw: augment.shift_scale_rotate(images, 0, 0.0, 15.0, draw),
}
checked = settings(deadline=None, database=None, max_examples=40, derandomize=True)


def seeded(seed: int) -> Any:
    return torch.Generator().manual_seed(seed)


def pictures(shape: tuple[int, ...], seed: int = 0) -> Any:
    """Return images without a zero: a zero is what an augmentation put there."""
    return torch.rand(shape, generator=seeded(seed)) + 0.5


@pytest.mark.parametrize("name", CHANGES)
@given(shape=SHAPES, seed=SEEDS)
@checked
def test_shape_type_and_the_images_given_stay(name: str, shape: Any, seed: int) -> None:
    images = pictures(shape, seed)
    before = images.clone()
    first, second = (CHANGES[name](images, seeded(seed)) for _ in range(2))
    assert first.shape == images.shape and first.dtype == images.dtype
    assert torch.equal(first, second) and torch.equal(images, before)


@pytest.mark.parametrize("name", CHANGES)
def test_another_seed_gives_other_images(name: str) -> None:
    images = pictures((16, 1, 8, 8))
    assert not torch.equal(*(CHANGES[name](images, seeded(seed)) for seed in (0, 1)))


def test_nothing_asked_changes_nothing() -> None:
    images, draw = pictures((5, 3, 8, 8)), seeded(0)
    for same in (
        augment.crop(images, 0, draw),
        augment.cutout(images, 0, draw),
        augment.shift_scale_rotate(images, 0, 0.0, 0.0, draw),
    ):
        assert same is images
    # Nothing asked draws nothing either: the random stream of the others stays.
    assert torch.equal(torch.rand(3, generator=draw), torch.rand(3, generator=seeded(0)))


@given(shape=SHAPES, seed=SEEDS)
@checked
def test_a_flip_is_a_mirror_or_nothing_and_undoes_itself(shape: Any, seed: int) -> None:
    images = pictures(shape, seed)
    once = augment.flip(images, seeded(seed))
    for new, old in zip(once, images, strict=True):
        assert torch.equal(new, old) or torch.equal(new, old.flip(2))
    assert torch.equal(augment.flip(once, seeded(seed)), images)


@given(shape=SHAPES, seed=SEEDS, margin=st.integers(1, 4))
@checked
def test_a_crop_is_a_window_of_the_padded_image(shape: Any, seed: int, margin: int) -> None:
    images = pictures(shape, seed)
    height, width = shape[2:]
    padded = torch.nn.functional.pad(images, [margin] * 4)
    windows = padded.unfold(2, height, 1).unfold(3, width, 1)
    places = [(y, x) for y in range(2 * margin + 1) for x in range(2 * margin + 1)]
    for n, new in enumerate(augment.crop(images, margin, seeded(seed))):
        assert any(torch.equal(new, windows[n, :, y, x]) for y, x in places)


@given(shape=SHAPES, seed=SEEDS, size=st.integers(1, 9))
@checked
def test_a_cutout_is_one_rectangle_of_zeros_at_most_its_size(
    shape: Any, seed: int, size: int
) -> None:
    images = pictures(shape, seed)
    for new, old in zip(augment.cutout(images, size, seeded(seed)), images, strict=True):
        hole = (new == 0).all(0)
        rows, columns = hole.any(1).nonzero().ravel(), hole.any(0).nonzero().ravel()
        assert 1 <= len(rows) <= size and 1 <= len(columns) <= size
        assert hole.sum() == len(rows) * len(columns)
        inside = size <= min(old.shape[1:]) and 0 not in rows and 0 not in columns
        if inside and old.shape[1] - 1 not in rows and old.shape[2] - 1 not in columns:
            assert hole.sum() == size * size
        assert torch.equal(new[:, ~hole], old[:, ~hole])


def evenly(counts: Any, total: int) -> bool:
    """Tell whether every count is within 4 deviations of an even share."""
    share = 1 / len(counts)
    deviation = math.sqrt(total * share * (1 - share))
    return bool((abs(counts - total * share) <= 4 * deviation).all())


def test_flips_crops_and_holes_are_drawn_evenly() -> None:
    number, side, margin = 6000, 6, 2
    images = torch.arange(side * side).float().add(1).view(1, 1, side, side)
    images = images.expand(number, 1, side, side)
    flips = (augment.flip(images, seeded(3)) != images).flatten(1).any(1)
    assert evenly(torch.bincount(flips.int(), minlength=2), number)
    # Where the middle came from names the offset.
    middle = augment.crop(images, margin, seeded(4))[:, 0, 3, 3].long() - 1
    offsets = (middle // side - 1) * 5 + middle % side - 1
    assert evenly(torch.bincount(offsets, minlength=25), number)
    holes = (augment.cutout(images, 1, seeded(5)) == 0).flatten(1).int().argmax(1)
    assert evenly(torch.bincount(holes, minlength=side * side), number)


def test_a_shift_moves_by_as_much_as_it_says() -> None:
    images = torch.zeros((4000, 1, 15, 15))
    images[:, :, 7, 7] = 1.0
    moved = augment.shift_scale_rotate(images, 3, 0.0, 0.0, seeded(0))[:, 0]
    assert torch.allclose(moved.sum((1, 2)), torch.ones(4000), atol=1e-4)
    places = torch.arange(15.0)
    rows = (moved.sum(2) * places).sum(1) - 7
    columns = (moved.sum(1) * places).sum(1) - 7
    for shift in (rows, columns):
        assert 2.9 < shift.abs().max() <= 3.001
        bins = ((shift + 3) / 6 * 10).long().clamp(0, 9)
        assert evenly(torch.bincount(bins, minlength=10), 4000)
    assert abs(float(torch.corrcoef(torch.stack([rows, columns]))[0, 1])) < 4 / math.sqrt(4000)


@pytest.mark.parametrize("shape", [(15, 15), (11, 19)])
def test_a_rotation_turns_by_as_much_as_it_says(shape: tuple[int, int]) -> None:
    height, width = shape
    images = torch.zeros((500, 1, height, width))
    images[:, :, height // 2, width // 2 + 4] = 1.0
    turned = augment.shift_scale_rotate(images, 0, 0.0, 40.0, seeded(0))[:, 0]
    weight = turned.sum((1, 2))
    down = (turned.sum(2) * torch.arange(height)).sum(1) / weight - height // 2
    right = (turned.sum(1) * torch.arange(width)).sum(1) / weight - width // 2
    angles = torch.rad2deg(torch.atan2(down, right))
    assert 38 < angles.max() < 41 and -41 < angles.min() < -38
    assert torch.allclose(torch.hypot(down, right), torch.tensor(4.0), atol=0.15)


def test_a_scale_grows_and_shrinks_around_the_middle() -> None:
    images = torch.zeros((500, 1, 31, 31))
    images[:, :, 10:21, 10:21] = 1.0
    areas = augment.shift_scale_rotate(images, 0, 0.2, 0.0, seeded(0)).sum((1, 2, 3))
    factors = (areas / 121).sqrt()
    assert 0.78 < factors.min() < 0.83 and 1.17 < factors.max() < 1.22
    assert abs(float(factors.mean()) - 1) < 4 * 0.2 / math.sqrt(3 * 500)
