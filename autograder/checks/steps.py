"""One training step of a student's, compared with what gradient descent gives by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.checks.behaviour import accuracy
from autograder.checks.expect import expect
from autograder.checks.graph import graph
from autograder.wall.values import Tensor

Array = np.ndarray[Any, Any]
PROBE = "autograder.models.probe"
RATE = 0.5
LOSS_RTOL = 1e-4

NOT_ZEROED = "set the gradients to zero before each backward pass: optimizer.zero_grad()"
NO_STEP = "after loss.backward(), take the step: optimizer.step()"
TWICE = "take one step for each batch"
SUMMED = "take the mean of the losses of a batch, not their sum"
SOFTMAX_TWICE = "give the logits to the cross-entropy: it applies the softmax itself"
UPHILL = "step against the gradient: the loss is to fall"


def tensor(array: Array) -> Any:
    """Return an array that arrives in the student's code as a torch tensor."""
    return np.ascontiguousarray(array).view(Tensor)


def generator(function: Any, seed: int) -> Any:
    """Return a handle of a torch.Generator with this seed, for a function of the student's."""
    return function._exchange.ours(PROBE, "generator", seed, count=False)


def items(data: Any, places: Sequence[int]) -> list[Any]:
    """Return `data[place]` for each place, of a data set that stayed with the student."""
    told = data._exchange.ours(PROBE, "items", data, list(places), label="reading an item")
    return list(told) if isinstance(told, list) else []


def length(data: Any) -> Any:
    """Return `len(data)` of a data set that stayed with the student."""
    return data._exchange.ours(PROBE, "length", data, label="len")


def steps_downhill(train_step: Any, rng: np.random.Generator, steps: int = 2) -> None:
    """Fail unless `train_step(model, optimizer, images, labels)` does plain gradient descent.

    The model is one linear layer with weights of ours, the optimiser SGD, the loss the mean
    cross-entropy; the same batch is given `steps` times. Raises CheckFailed, with a hint for
    what the weights give away: gradients that add up, a softmax too many, a step left out.
    """
    images = rng.normal(size=(6, 1, 3, 3)).astype(np.float32)
    labels = rng.integers(0, 4, 6)
    weight, bias = rng.normal(0, 0.5, (4, 9)), rng.normal(0, 0.5, 4)
    ask = train_step._exchange.ours
    sent = [tensor(part.astype(np.float32)) for part in (weight, bias)]
    model = ask(PROBE, "linear", *sent, count=False)
    optimizer = ask(PROBE, "sgd", model, RATE, count=False)
    for _ in range(steps):
        train_step(model, optimizer, tensor(images), tensor(labels))
    told = ask(PROBE, "state", model, count=False)

    flat, start = images.reshape(6, -1).astype(np.float64), np.column_stack([weight, bias])
    start = start.astype(np.float32).astype(np.float64)

    def after(**how: Any) -> Array:
        return _descend(flat, labels, start, steps, **how)

    mistakes = {
        NOT_ZEROED: after(zeroed=False),
        NO_STEP: start,
        TWICE: _descend(flat, labels, start, 2 * steps),
        SUMMED: after(scale=len(labels)),
        SOFTMAX_TWICE: after(softmax=True),
        UPHILL: after(scale=-1.0),
    }
    told = expect(told, "the state of the model").mapping(("weight", "bias"))
    parts = [expect(told["weight"]).array(shape=weight.shape)]
    parts += [expect(told["bias"]).array(shape=bias.shape)]
    got = np.column_stack(parts)
    name = f"the weights after {steps} steps on one batch"
    expect(got, name).close(after(), rtol=1e-3, atol=1e-4, mistakes=mistakes)


def overfits(
    train_step: Any,
    model: Any,
    rng: np.random.Generator,
    shape: Sequence[int],
    *,
    classes: int = 10,
    count: int = 32,
    steps: int = 60,
    rate: float = 1e-3,
    seconds: float = 30.0,
) -> None:
    """Fail unless `steps` of a student's `train_step` on one batch let `model` know it by heart.

    The batch holds `count` images of noise (count, *shape) with labels of chance; Adam takes
    the steps. Nine of ten must be known afterwards, in evaluation mode, by the model's graph.
    A network or a step that cannot do this cannot learn anything. Raises CheckFailed.
    """
    images = rng.normal(size=(count, *shape)).astype(np.float32)
    labels = rng.integers(0, classes, count)
    batch = [tensor(images), tensor(labels)]
    train_step._exchange.ours(
        PROBE, "repeat", train_step, steps, model, rate, batch, seconds=seconds, label="train_step"
    )
    found = accuracy(graph(model, shape).run(images), labels)
    seen = f"after {steps} steps on one batch of {count} images, {found:.0f} % of them are known"
    hint = "look for a step that is not taken, a ReLU on the logits, or a layer without gradient"
    expect(None, "one batch").that(found >= 90, seen, hint)


def _descend(
    flat: Array,
    labels: Array,
    start: Array,
    steps: int,
    zeroed: bool = True,
    scale: float = 1.0,
    softmax: bool = False,
) -> Array:
    """Return [weight | bias] (classes, features + 1) after some steps of gradient descent."""
    inputs = np.column_stack([flat, np.ones(len(flat))])
    weights, held = start.copy(), np.zeros_like(start)
    for _ in range(steps):
        slope = _slope(inputs @ weights.T, labels, softmax) / len(labels)
        held = (0 if zeroed else held) + scale * slope.T @ inputs
        weights = weights - RATE * held
    return np.asarray(weights)


def _slope(logits: Array, labels: Array, softmax: bool) -> Array:
    """Return the gradient of each row's cross-entropy: p - y, or through a second softmax."""
    chosen = np.eye(logits.shape[1])[labels]
    p = _probabilities(logits)
    if not softmax:
        return np.asarray(p - chosen)
    inner = _probabilities(p) - chosen
    return np.asarray(p * (inner - (p * inner).sum(axis=1, keepdims=True)))


def _probabilities(logits: Array) -> Array:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
