"""The worker's side of a training: make the model, hand it to the student's `train`."""

from __future__ import annotations

import copy
import random
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from autograder.training.budget import Budget
from autograder.training.loader import BEST, Data
from autograder.training.state import count, not_finite, save, shapes, state

if TYPE_CHECKING:
    from autograder.datasets import Split

LAST = "last.safetensors"
COMPILED_EPOCHS = 5  # compiling takes a minute: a shorter training would not earn it back


class Refused(Exception):
    """What the student's code made cannot be kept; `hint` says what to do."""

    def __init__(self, says: str, hint: str) -> None:
        super().__init__(says)
        self.hint = hint


def train(session: Any, plan: dict[str, Any]) -> dict[str, Any]:
    """Run the student's training as `plan` says; return what was counted.

    The final state is written to `last.safetensors` in the student's folder, the best so far
    to `best.safetensors`. Raises what the student's code raises.
    """
    folder = Path(session.path).parent
    try:
        return _train(session.module, plan, folder)
    except Refused as refused:
        return {"refused": str(refused), "hint": refused.hint}


def _train(module: Any, plan: dict[str, Any], folder: Path) -> dict[str, Any]:
    torch.set_num_threads(plan["threads"])
    _seed(plan["seed"])
    model, run = _model(module, plan), _named(module, plan["train"], "function", plan["file"])
    budget = Budget(plan["epochs"], plan["seconds"], plan["parameters"], plan["device"])
    train, test = _split(plan, "train"), _split(plan, "test")
    _materialise(model, train)
    start = state(model)
    layout = _layout(model, train)
    model.to(budget.device, memory_format=layout)
    data = Data(
        train, test, budget, plan["seed"], folder=folder, wanted=shapes(start), layout=layout
    )
    data.tell("start", {"parameters": count(model)})
    _seed(plan["seed"])
    with _fast(model, budget):
        returned = run(model, data, budget)
    final = returned if isinstance(returned, torch.nn.Module) else model
    _accept(start, final, data, plan, folder)
    accuracy = _accuracy(data, final)
    return {
        "samples": data.samples,
        "epochs": data.epochs,
        "sizes": sorted(data.sizes),
        "accuracy": round(accuracy, 4),
        "parameters": count(final),
    }


def _accuracy(data: Data, final: torch.nn.Module) -> float:
    """Return the accuracy of the final state; of a model that wants more than images, the
    last one that the student's own code measured.
    """
    try:
        return data.accuracy(final)
    except Exception:
        if not data.history:
            raise
        return float(data.history[-1]["accuracy"])


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _named(module: Any, name: str, kind: str, file: str) -> Any:
    found = getattr(module, name, None)
    if not callable(found):
        raise Refused(f"{file} has no {kind} {name}", f"define {name} in {file}, spelled so")
    return found


def _model(module: Any, plan: dict[str, Any]) -> torch.nn.Module:
    name = plan["model"]
    model = _named(module, name, "class", plan["file"])()
    if not isinstance(model, torch.nn.Module):
        seen = f"{name}() gave a {type(model).__name__}, a torch.nn.Module was wanted"
        raise Refused(seen, f"{name} is the model to train: class {name}(nn.Module)")
    return model


def _split(plan: dict[str, Any], part: str) -> Split:
    from autograder.datasets import Split

    told = plan["data"]
    arrays = [np.load(told[f"{part} {kind}"]) for kind in ("images", "labels")]
    numbers = [tuple(told[key]) for key in ("classes", "mean", "std")]
    return Split(plan["dataset"], part, *arrays, *numbers)


def _materialise(model: torch.nn.Module, train: Split) -> None:
    """Give lazy layers their shapes, which they take from the first batch they see."""
    if any(torch.nn.parameter.is_lazy(tensor) for tensor in model.parameters()):
        with torch.no_grad():
            model.eval()(torch.from_numpy(train.normalised(0, 2)))
        model.train()


def _layout(model: torch.nn.Module, train: Split) -> torch.memory_format:
    """Return channels last where it is faster and the model can do with it.

    A model that flattens with `view` cannot: it is right, and must not fail for our speed.
    """
    if not any(isinstance(module, torch.nn.Conv2d) for module in model.modules()):
        return torch.contiguous_format
    images = torch.from_numpy(train.normalised(0, 8)).clone(memory_format=torch.channels_last)
    try:
        twin = copy.deepcopy(model).to(memory_format=torch.channels_last)
        for mode in (True, False):
            twin.train(mode)(images).sum().backward()
    except Exception:
        return torch.contiguous_format
    return torch.channels_last


def _fast(model: torch.nn.Module, budget: Budget) -> AbstractContextManager[Any]:
    """Switch on what is fast on the device, none of it asked of the student."""
    if budget.device == "cpu":
        return nullcontext()
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    if budget.epochs >= COMPILED_EPOCHS:
        from torch._dynamo import config

        config.suppress_errors = True  # what cannot be compiled runs as it is
        model.compile()
    able = torch.cuda.is_bf16_supported(including_emulation=False)
    fast: AbstractContextManager[Any] = torch.autocast(
        budget.device, dtype=torch.bfloat16, enabled=able
    )
    return fast


def _accept(
    start: dict[str, torch.Tensor], final: Any, data: Data, plan: dict[str, Any], folder: Path
) -> None:
    """Write the final state; raises Refused when it is no training of the model."""
    name, last = plan["train"], state(final)
    try:
        if not data.samples:
            hint = "loop over data.batches(128) and take a step of the optimiser for each batch"
            raise Refused(f"{name} never read any batch", hint)
        if shapes(last) != shapes(start):
            seen = f"{name} returned a model whose tensors are not those of {plan['model']}()"
            raise Refused(seen, "return the model that was handed in, or nothing")
        if all(torch.equal(tensor, last[key]) for key, tensor in start.items()):
            hint = "change the model that is handed in, or return the one you trained"
            raise Refused(f"{name} left the model as it was", hint)
    except Refused:
        (folder / BEST).unlink(missing_ok=True)
        raise
    if broken := not_finite(last):
        hint = "the loss ran away: a lower learning rate, or a longer warm-up, keeps it finite"
        raise Refused(f"the trained model holds nan or infinity in {broken}", hint)
    save(last, folder / LAST)


def learning_rates(session: Any, make: Any, steps: int, arguments: list[Any]) -> list[float]:
    """Return the learning rate at every step of `make(optimizer, *arguments)`, a schedule.

    The optimiser is SGD on one parameter; nothing is trained.
    """
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=1.0, momentum=0.9)
    schedule = make(optimizer, *arguments)
    if not callable(getattr(schedule, "step", None)):
        kind = type(schedule).__name__
        raise TypeError(f"it gave a {kind}, a scheduler of torch.optim.lr_scheduler was wanted")
    rates = []
    for _ in range(steps):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        schedule.step()
    return rates
