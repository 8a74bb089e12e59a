"""Augmentation of whole batches (N, C, H, W) on their device, each image on its own.

Zero moves in from outside: black, where images are pixels / 255; the data set's mean, where
they are normalised.
"""

from __future__ import annotations

import math

import torch


def crop(images: torch.Tensor, margin: int, generator: torch.Generator) -> torch.Tensor:
    """Return a random crop of the old size after zero padding by `margin` on every side."""
    if margin <= 0:
        return images
    count, _, height, width = images.shape
    padded = torch.nn.functional.pad(images, [margin] * 4)
    places = torch.randint(0, 2 * margin + 1, (count, 2), generator=generator).to(images.device)
    rows = places[:, :1] + torch.arange(height, device=images.device)
    columns = places[:, 1:] + torch.arange(width, device=images.device)
    image = torch.arange(count, device=images.device)[:, None, None]
    return padded[image, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def flip(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Return the images, each mirrored left to right with probability one half."""
    turned = torch.rand(len(images), generator=generator) < 0.5
    return torch.where(turned.to(images.device)[:, None, None, None], images.flip(3), images)


def cutout(images: torch.Tensor, size: int, generator: torch.Generator) -> torch.Tensor:
    """Return the images with one square hole of `size` each, filled with zero.

    Its middle is anywhere, so that it may be cut at the border (DeVries and Taylor, 2017).
    """
    if size <= 0:
        return images
    count, _, height, width = images.shape
    tops = torch.randint(0, height, (count, 1), generator=generator) - size // 2
    lefts = torch.randint(0, width, (count, 1), generator=generator) - size // 2
    rows, columns = torch.arange(height), torch.arange(width)
    inside = (rows >= tops) & (rows < tops + size)
    across = (columns >= lefts) & (columns < lefts + size)
    hole = (inside[:, :, None] & across[:, None, :])[:, None]
    return images.masked_fill(hole.to(images.device), 0.0)


def shift_scale_rotate(
    images: torch.Tensor, shift: float, scale: float, rotate: float, generator: torch.Generator
) -> torch.Tensor:
    """Return the images moved by up to `shift` pixels, scaled by 1 +- `scale`, turned by up to
    `rotate` degrees, each drawn evenly; outside the image is zero.
    """
    if not (shift or scale or rotate):
        return images
    count, _, height, width = images.shape
    draws = torch.rand((4, count), generator=generator) * 2 - 1
    angle, factor = draws[0] * math.radians(rotate), 1 / (1 + draws[1] * scale)
    cosine, sine = torch.cos(angle) * factor, torch.sin(angle) * factor
    right, down = draws[2] * shift * 2 / width, draws[3] * shift * 2 / height
    top = torch.stack([cosine, -sine * height / width, right], 1)
    bottom = torch.stack([sine * width / height, cosine, down], 1)
    matrix = torch.stack([top, bottom], 1).to(images)
    grid = torch.nn.functional.affine_grid(matrix, list(images.shape), align_corners=False)
    return torch.nn.functional.grid_sample(images, grid, align_corners=False)
