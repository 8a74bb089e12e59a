"""The data of one training: images on the device, batches that are counted, accuracy."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from autograder.training import augment
from autograder.training.budget import Budget, BudgetSpent
from autograder.training.progress import PROGRESS
from autograder.training.state import not_finite, save, shapes, state

if TYPE_CHECKING:
    from autograder.datasets import Split

BEST = "best.safetensors"
EVALUATED = 1000  # images a batch in `evaluate`
STEP_SECONDS = 0.5  # between two lines of progress


class Data:
    """What a student's `train` sees as `data`.

    `batches` yields the training images, `evaluate` measures accuracy on the held-out ones,
    which are never handed out. `samples` and `epochs` say how much was handed out, `history`
    holds one row for each `evaluate`. `folder` is where progress and the best state so far
    are written, `wanted` the shapes by name that a state must have to be kept there, `layout`
    the memory format of the batches.
    """

    def __init__(
        self,
        train: Split,
        test: Split,
        budget: Budget,
        seed: int = 0,
        *,
        folder: Path | None = None,
        wanted: dict[str, tuple[int, ...]] | None = None,
        layout: torch.memory_format = torch.contiguous_format,
    ) -> None:
        self.budget = budget
        self.device = torch.device(budget.device)
        self.classes = len(train.classes)
        self.history: list[dict[str, Any]] = []
        self.samples = 0
        self.sizes: set[int] = set()
        self._folder, self._wanted, self._layout = folder, wanted, layout
        self._order = torch.Generator().manual_seed(seed)
        self._draws = torch.Generator().manual_seed(seed + 1)
        self._train, self._test = self._placed(train), self._placed(test)
        self._mean = torch.tensor(train.mean, device=self.device).view(1, -1, 1, 1)
        self._std = torch.tensor(train.std, device=self.device).view(1, -1, 1, 1)
        self._noted: list[torch.Tensor] = []
        self._rate: float | None = None
        self._started = self._told = time.monotonic()

    def __len__(self) -> int:
        return len(self._train[1])

    @property
    def epochs(self) -> float:
        """Return how many times the training images have been handed out."""
        return self.samples / len(self)

    def steps(self, size: int, *, drop_last: bool = False) -> int:
        """Return how many batches of `size` images one epoch has."""
        return len(self) // size if drop_last else -(-len(self) // size)

    def batches(
        self,
        size: int,
        *,
        crop: int = 0,
        flip: bool = False,
        cutout: int = 0,
        shift: float = 0.0,
        scale: float = 0.0,
        rotate: float = 0.0,
        drop_last: bool = False,
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Return one epoch of batches in a new random order, augmented as asked.

        Images are float32 (n, C, H, W), normalised by the data set's mean and deviation;
        labels int64 (n,). `crop` is the black border around a random crop and `cutout` the
        side of a hole of the mean, both in pixels; see `shift_scale_rotate` for the others.
        Every image that is handed out counts. Raises BudgetSpent when the budget's epochs are
        used up, ValueError for a setting that makes no sense.
        """
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise ValueError(f"data.batches wants a whole number of images, not {size!r}")
        if min(crop, cutout, shift, rotate) < 0 or not 0 <= scale < 1:
            raise ValueError("crop, cutout, shift and rotate must not be negative, scale 0 to 1")

        def augmented(images: torch.Tensor) -> torch.Tensor:
            # What moves in from outside is black, a hole is filled with the mean.
            images = augment.crop(images, crop, self._draws)
            images = augment.shift_scale_rotate(images, shift, scale, rotate, self._draws)
            images = augment.flip(images, self._draws) if flip else images
            return augment.cutout((images - self._mean) / self._std, cutout, self._draws)

        return self._epoch(size, augmented, drop_last)

    def _epoch(
        self, size: int, augmented: Any, drop_last: bool
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        images, labels = self._train
        order = torch.randperm(len(self), generator=self._order).to(self.device)
        for part in order.split(size):
            if drop_last and len(part) < size:
                return
            self._count(len(part))
            # The places of pixels need more digits than a training's autocast gives them.
            with torch.no_grad(), torch.autocast(self.device.type, enabled=False):
                batch = augmented(images[part].float() / 255)
            # Of a batch of one channel `contiguous` would keep whatever strides it came with.
            yield batch.clone(memory_format=self._layout), labels[part]
            self._tell_step()

    def note(self, loss: Any = None, lr: float | None = None) -> None:
        """Keep a loss and a learning rate, one number each, for the live line and the curves."""
        if loss is not None:
            number = torch.as_tensor(loss).detach()
            if number.numel() != 1:
                shape = tuple(number.shape)
                raise ValueError(f"data.note wants the loss as one number, not of shape {shape}")
            self._noted.append(number.float().reshape(()))
        self._rate = self._rate if lr is None else float(lr)

    def evaluate(self, model: Any) -> float:
        """Return the accuracy on the held-out images in per cent, and record it.

        The best state so far is kept. Raises ValueError when what the model gives are not
        scores (n, classes).
        """
        accuracy: float = self.accuracy(model)
        best = max((row["accuracy"] for row in self.history), default=-1.0)
        self.history.append(self._row() | {"accuracy": round(accuracy, 4)})
        self._noted.clear()
        try:
            if accuracy > best:
                self._keep(model)
        finally:
            self.tell("epoch", self.history[-1])  # whoever reads it may stop: it is kept by then
        return accuracy

    def _keep(self, model: Any) -> None:
        """Write the state of a model as the best, where it is of the model that is trained."""
        if self._folder is not None:
            tensors = state(model)
            if self._wanted in (None, shapes(tensors)) and not not_finite(tensors):
                save(tensors, self._folder / BEST)

    def accuracy(self, model: Any) -> float:
        """Return the accuracy on the held-out images in per cent; nothing is recorded."""
        if not isinstance(model, torch.nn.Module):
            raise ValueError(f"data.evaluate wants a model, not a {type(model).__name__}")
        modes = [(module, module.training) for module in model.modules()]
        model.eval()
        try:
            with torch.no_grad():
                right = sum(int(part) for part in self._hits(model))
        finally:
            for module, mode in modes:
                module.training = mode
        return 100 * right / len(self._test[1])

    def _hits(self, model: Any) -> list[torch.Tensor]:
        """Return how many held-out images of each batch the model gets right."""
        hits = []
        for images, labels in zip(*(part.split(EVALUATED) for part in self._test), strict=True):
            batch = self._normalised(images).clone(memory_format=self._layout)
            scores = model(batch)
            _need_scores(scores, len(batch), self.classes)
            hits.append((scores.argmax(1) == labels).sum())
        return hits

    def _row(self) -> dict[str, Any]:
        return {
            "epoch": round(self.epochs, 4),
            "samples": self.samples,
            "loss": self._loss(),
            "accuracy": self.history[-1]["accuracy"] if self.history else None,
            "lr": self._rate,
            "seconds": round(time.monotonic() - self._started, 2),
        }

    def _loss(self) -> float | None:
        if not self._noted:
            return None
        return round(float(torch.stack([noted.cpu() for noted in self._noted]).mean()), 5)

    def _count(self, number: int) -> None:
        whole = self.budget.epochs * len(self)
        if self.samples + number > whole:
            raise BudgetSpent(
                f"the budget of {self.budget.epochs} epochs is used up: "
                f"{self.samples:,} of {whole:,} images were handed out. "
                "Go over data.batches(...) once for each epoch: for epoch in range(budget.epochs)"
            )
        self.samples += number
        self.sizes.add(number)

    def _placed(self, split: Split) -> tuple[torch.Tensor, torch.Tensor]:
        images = torch.tensor(split.images, dtype=torch.uint8, device=self.device)
        return images, torch.tensor(split.labels, dtype=torch.int64, device=self.device)

    def _normalised(self, images: torch.Tensor) -> torch.Tensor:
        return images.float().div_(255).sub_(self._mean).div_(self._std)

    def tell(self, kind: str, row: dict[str, Any]) -> None:
        """Add a line to the progress, where there is a folder for it."""
        if self._folder is not None:
            with open(self._folder / PROGRESS, "a", encoding="utf-8") as file:
                file.write(json.dumps({"kind": kind, **row}) + "\n")

    def _tell_step(self) -> None:
        if time.monotonic() - self._told >= STEP_SECONDS:
            self._told = time.monotonic()
            self.tell("step", self._row())


def _need_scores(scores: Any, images: int, classes: int) -> None:
    shape = tuple(getattr(scores, "shape", ()))
    if shape != (images, classes):
        seen = f"shape {shape}" if shape else f"a {type(scores).__name__}"
        wanted = f"({images}, {classes}) was wanted: one score a class"
        raise ValueError(f"the model gave {seen} for {images} images, {wanted}")
