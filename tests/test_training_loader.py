"""The loader that counts: every image once an epoch, a budget in samples, honest accuracy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from safetensors.numpy import load_file  # noqa: E402
from torch import nn  # noqa: E402

from autograder.datasets import Split  # noqa: E402
from autograder.training.budget import Budget, BudgetSpent  # noqa: E402
from autograder.training.loader import Data  # noqa: E402
from autograder.training.state import count, not_finite, state  # noqa: E402

MEAN, STD = (0.5, 0.4), (0.2, 0.3)


def split(part: str, number: int, first: int = 0) -> Split:
    """Return images (n, 2, 4, 4) whose pixels all hold the image's own number."""
    numbers = np.arange(first, first + number)
    images = np.broadcast_to(numbers[:, None, None, None], (number, 2, 4, 4)).astype(np.uint8)
    return Split("numbers", part, images, numbers % 3, tuple("abc"), MEAN, STD)


def loader(number: int = 20, epochs: int = 2, seed: int = 0, **more: Any) -> Data:
    return Data(split("train", number), split("test", 12, 100), Budget(epochs), seed, **more)


def numbers_of(images: Any) -> list[int]:
    """Return which images a batch holds, from its normalised pixels."""
    return [round(float(n)) for n in (images[:, 0, 0, 0] * STD[0] + MEAN[0]) * 255]


class Fixed(nn.Module):
    """A model that answers from the image itself: right but for every `wrong`-th image."""

    def __init__(self, wrong: int = 0) -> None:
        super().__init__()
        self.wrong = wrong
        self.rest = nn.Dropout(1.0)
        self.norm = nn.BatchNorm1d(3)
        self.frozen = nn.BatchNorm1d(3).eval()

    def forward(self, images: Any) -> Any:
        assert not self.training and not torch.is_grad_enabled()
        numbers = torch.tensor(numbers_of(images))
        answers = numbers % 3
        if self.wrong:
            answers = torch.where(numbers % self.wrong == 0, (answers + 1) % 3, answers)
        return self.rest(nn.functional.one_hot(answers, 3).float())


@given(number=st.integers(1, 60), size=st.integers(1, 70), drop_last=st.booleans())
@settings(deadline=None, database=None, max_examples=60, derandomize=True)
def test_an_epoch_hands_out_every_image_once(number: int, size: int, drop_last: bool) -> None:
    data = loader(number, epochs=1)
    batches = list(data.batches(size, drop_last=drop_last))
    seen = [n for images, _ in batches for n in numbers_of(images)]
    assert len(batches) == data.steps(size, drop_last=drop_last)
    assert len(set(seen)) == len(seen) == data.samples
    assert len(seen) == (number // size * size if drop_last else number)
    assert data.epochs == pytest.approx(len(seen) / number) and len(data) == number
    assert all([n % 3 for n in numbers_of(x)] == labels.tolist() for x, labels in batches)
    assert data.sizes == {len(labels) for _, labels in batches}


def test_batches_are_normalised_float_images() -> None:
    data = loader()
    images, labels = next(iter(data.batches(8)))
    numbers = np.array(numbers_of(images))[:, None, None, None]
    wanted = (numbers / 255 - np.reshape(MEAN, (1, 2, 1, 1))) / np.reshape(STD, (1, 2, 1, 1))
    assert images.dtype == torch.float32 and labels.dtype == torch.int64
    assert np.allclose(images.numpy(), np.broadcast_to(wanted, images.shape), atol=1e-5)


def test_the_order_is_new_each_epoch_and_the_seeds_own() -> None:
    def orders(seed: int) -> list[list[int]]:
        data = loader(seed=seed)
        return [[n for x, _ in data.batches(7) for n in numbers_of(x)] for _ in range(2)]

    first, second = orders(0)
    assert first != second and orders(0) == [first, second] and orders(1)[0] != first
    torch.manual_seed(5)
    assert orders(0) == [first, second]


def test_the_budget_is_counted_in_images_however_they_are_asked_for() -> None:
    data = loader(20, epochs=2)
    for _ in range(4):
        iterator = iter(data.batches(5))
        next(iterator), next(iterator)
    assert data.samples == 40 and data.epochs == 2
    with pytest.raises(BudgetSpent, match="budget of 2 epochs is used up: 40 of 40 images"):
        next(iter(data.batches(1)))
    assert data.samples == 40


def test_a_batch_that_does_not_fit_the_budget_is_not_handed_out() -> None:
    data = loader(20, epochs=1)
    next(iter(data.batches(12)))
    with pytest.raises(BudgetSpent, match="12 of 20 images"):
        next(iter(data.batches(12)))
    assert data.samples == 12


def test_asking_alone_costs_nothing() -> None:
    data = loader()
    data.batches(4)
    assert data.samples == 0


@pytest.mark.parametrize(
    ("size", "options"),
    [
        (0, {}),
        (-1, {}),
        (2.0, {}),
        (True, {}),
        (4, {"crop": -1}),
        (4, {"cutout": -1}),
        (4, {"shift": -0.5}),
        (4, {"rotate": -1.0}),
        (4, {"scale": 1.0}),
        (4, {"scale": -0.1}),
    ],
)
def test_settings_without_sense_are_refused_at_once(size: Any, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must not be negative|whole number"):
        loader().batches(size, **options)


def test_augmented_batches_keep_their_form_and_come_from_the_seed() -> None:
    every = {"crop": 1, "flip": True, "cutout": 2, "shift": 1.0, "scale": 0.1, "rotate": 5.0}

    def batch(seed: int) -> Any:
        return next(iter(loader(seed=seed).batches(8, **every)))[0]

    plain = next(iter(loader().batches(8)))[0]
    assert batch(0).shape == plain.shape and batch(0).dtype == plain.dtype
    assert torch.equal(batch(0), batch(0)) and not torch.equal(batch(0), plain)


@pytest.mark.parametrize(("wrong", "accuracy"), [(0, 100.0), (2, 50.0), (1, 0.0)])
def test_accuracy_is_that_of_the_held_out_images(wrong: int, accuracy: float) -> None:
    data, model = loader(), Fixed(wrong)
    model.train()
    model.frozen.eval()
    assert data.evaluate(model) == accuracy and data.samples == 0
    modes = [model.training, model.rest.training, model.norm.training, model.frozen.training]
    assert modes == [True, True, True, False]
    assert data.history[0]["accuracy"] == accuracy and data.history[0]["loss"] is None
    assert data.accuracy(model) == accuracy and len(data.history) == 1


def test_modes_come_back_when_the_model_raises() -> None:
    model = nn.Sequential(nn.Linear(1, 1))
    with pytest.raises(RuntimeError):
        loader().evaluate(model)
    assert model.training and model[0].training


def test_more_images_than_one_batch_of_the_evaluation() -> None:
    few, many = split("train", 9), split("test", 250)
    images, labels = (np.concatenate([x] * 9) for x in (many.images, many.labels))
    test = Split("numbers", "test", images, labels, many.classes, MEAN, STD)
    wanted = 100 * float(np.mean(images[:, 0, 0, 0] % 7 != 0))
    assert Data(few, test, Budget(1)).evaluate(Fixed(7)) == pytest.approx(wanted)


def test_rows_hold_the_mean_loss_since_the_last_row(tmp_path: Path) -> None:
    data = loader(folder=tmp_path)
    for losses in ((1.0, torch.tensor(2.0)), (torch.tensor([4.0], requires_grad=True),)):
        for loss in losses:
            data.note(loss=loss, lr=0.25)
        data.evaluate(Fixed())
    data.note(lr=0.5)
    data.evaluate(Fixed())
    assert [row["loss"] for row in data.history] == [1.5, 4.0, None]
    assert [row["lr"] for row in data.history] == [0.25, 0.25, 0.5]
    lines = [json.loads(line) for line in (tmp_path / "progress.jsonl").read_text().splitlines()]
    assert [line.pop("kind") for line in lines] == ["epoch"] * 3 and lines == data.history


def test_only_a_better_state_replaces_the_best(tmp_path: Path) -> None:
    data, kept = loader(folder=tmp_path), []
    for number, wrong in enumerate((2, 0, 1, 0)):
        model = Fixed(wrong)
        model.norm.weight.data.fill_(number)
        data.evaluate(model)
        kept.append(load_file(tmp_path / "best.safetensors")["norm.weight"][0])
    assert kept == [0, 1, 1, 1]
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_a_state_of_other_shapes_is_not_kept(tmp_path: Path) -> None:
    loader(folder=tmp_path, wanted={"weight": (1,)}).evaluate(Fixed())
    assert not (tmp_path / "best.safetensors").exists()


def test_a_state_that_is_not_finite_is_not_kept(tmp_path: Path) -> None:
    data, model = loader(folder=tmp_path), Fixed()
    model.norm.weight.data[1] = float("nan")
    assert data.evaluate(model) == 100 and not (tmp_path / "best.safetensors").exists()


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Linear(3, 3), nn.Linear(3, 3)
        self.two.weight = self.one.weight
        self.norm = nn.BatchNorm2d(5)
        self.register_buffer("grid", torch.zeros(7))
        self.register_buffer("scratch", torch.zeros(2), persistent=False)


def test_tied_weights_count_once_and_are_written_twice() -> None:
    model = Tied()
    assert count(model) == 9 + 3 + 3 + 10 + 7 + 2
    tensors = state(model)
    assert torch.equal(tensors["one.weight"], tensors["two.weight"])
    assert tensors["one.weight"].data_ptr() != tensors["two.weight"].data_ptr()
    assert "scratch" not in tensors and "norm.running_mean" in tensors


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_numbers_of_every_precision_are_written_as_float32(dtype: Any) -> None:
    tensors = state(Tied().to(dtype))
    whole = {"norm.num_batches_tracked": torch.int64}
    assert {name: whole.get(name, torch.float32) for name in tensors} == {
        name: tensor.dtype for name, tensor in tensors.items()
    }


def test_the_first_tensor_that_is_not_finite_is_named() -> None:
    model = Tied()
    assert not_finite(state(model)) == ""
    model.norm.running_var[2] = float("inf")
    assert not_finite(state(model)) == "norm.running_var"
