"""How a network behaves, decided from its graph: random numbers, batches, outputs, loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checks.failure import CheckFailed
from autograder.checks.graph import judged
from autograder.models.graph import Graph
from autograder.report import Finding

Array = np.ndarray[Any, Any]
MIXED = 1e-4  # of the largest output; coupled examples are off by 0.05 and more
# What cross-entropy can reach for K classes when it is given probabilities as logits.
SOFTMAX_TWICE = "return the logits: cross-entropy applies the softmax itself"


def deterministic(net: Graph, name: str = "the network") -> None:
    """Fail when the pass of evaluation mode draws random numbers or updates statistics."""
    if net.random:
        node = net.random[0]
        seen = f"in evaluation mode {name} still draws random numbers ({node.base})"
        hint = "dropout works in training only: nn.Dropout, or F.dropout(x, p, self.training)"
        raise CheckFailed(Finding("value", seen, hint, where=node.where))
    for layer in net.layers:
        if layer.kind == "batch_norm" and layer["batch_statistics"]:
            seen = f"in evaluation mode a batch norm of {name} still uses the batch's statistics"
            hint = "use nn.BatchNorm2d, or F.batch_norm(..., training=self.training)"
            raise CheckFailed(Finding("value", seen, hint, where=layer.where))


def batch_independent(net: Graph, rng: np.random.Generator, name: str = "the network") -> None:
    """Fail when the output for one example depends on the others in its batch.

    Looked for with the weights as they are and with larger ones: attention over the batch is
    nearly uniform with weights as they are initialised, and nearly alone with large ones.
    """
    images = rng.normal(size=(4, *net.shapes[0])).astype(np.float32)
    for factor in (1.0, 3.0):
        with judged():
            louder = _enlarged(net, factor)
            together = louder.run(images, batch=4)
            alone = np.concatenate([louder.run(images[n : n + 1], batch=1) for n in range(4)])
        if together.shape != alone.shape:
            seen = f"4 images give an output of shape {together.shape}, alone {alone.shape}"
            raise CheckFailed(Finding("shape", seen, "keep the batch as the first axis"))
        scale = float(np.abs(together).max()) or 1.0
        if not np.abs(together - alone).max() / scale <= MIXED:
            seen = f"what {name} says of an image depends on the other images of its batch"
            hint = "keep the batch axis out of products, softmaxes and reshapes"
            raise CheckFailed(Finding("value", seen, hint))


def _enlarged(net: Graph, factor: float) -> Graph:
    """Return the graph with its learned matrices `factor` times as large, linear ones twice."""
    from dataclasses import replace

    bigger = {}
    for number, array in enumerate(net.weights()):
        tensor = net.tensors[number]
        learned = tensor.role == "parameter" and len(tensor.shape) > 1 and factor != 1
        times = factor * (2 if len(tensor.shape) == 2 else 1) if learned else 1.0
        bigger[number] = (array * times if learned else array).reshape(-1)
    return replace(net, kept=bigger)


def gives_logits(net: Graph, classes: int, rng: np.random.Generator) -> None:
    """Fail unless the output is (N, classes) of logits or log-probabilities.

    Probabilities are refused: with cross-entropy on top, the loss cannot fall below
    log(exp(1) + K - 1) - 1, which is 1.4612 for ten classes.
    """
    images = rng.normal(size=(5, *net.shapes[0])).astype(np.float32)
    with judged():
        out = net.run(images)
    if out.shape != (5, classes):
        seen = f"5 images give an output of shape {out.shape}, (5, {classes}) was wanted"
        raise CheckFailed(Finding("shape", seen, "one row for each image, one number a class"))
    if np.all(out >= 0) and np.allclose(out.sum(axis=1), 1, atol=1e-4):
        floor = float(np.log(np.e + classes - 1) - 1)
        seen = f"the outputs are probabilities: cross-entropy would stay above {floor:.4f}"
        raise CheckFailed(Finding("value", seen, SOFTMAX_TWICE))
    if np.all(out >= 0):
        seen = "no output is ever negative: a ReLU stands after the last layer"
        raise CheckFailed(Finding("value", seen, "end with the last layer: logits have both signs"))


def log_softmax(out: Array) -> Array:
    """Return log-probabilities (N, K) of logits or of log-probabilities (the same again)."""
    shifted = out - out.max(axis=1, keepdims=True)
    found: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return found


def cross_entropy(out: Array, labels: Array) -> float:
    """Return the mean cross-entropy of outputs (N, K) for labels (N,)."""
    return float(-log_softmax(out.astype(np.float64))[np.arange(len(labels)), labels].mean())


def accuracy(out: Array, labels: Array) -> float:
    """Return how many of the outputs (N, K) have their largest entry at the label, per cent."""
    if out.ndim != 2 or len(out) != len(labels):
        seen = f"{len(labels)} images give an output of shape {out.shape}"
        raise CheckFailed(Finding("shape", seen, "one row for each image, one number a class"))
    if not np.isfinite(out).all():
        hint = "look at the loss of the training: a learning rate too high ends in nan"
        raise CheckFailed(Finding("finite", "some outputs are nan or inf", hint))
    return float(100 * np.mean(out.argmax(axis=1) == labels))


def loss_at_start(net: Graph, classes: int, rng: np.random.Generator, slack: float = 0.25) -> None:
    """Fail unless an untrained network's loss is near ln K, as for equal probabilities."""
    images = rng.normal(size=(64, *net.shapes[0])).astype(np.float32)
    with judged():
        out = net.run(images, batch=64)
    loss, want = cross_entropy(out, rng.integers(0, classes, 64)), float(np.log(classes))
    if not abs(loss - want) <= slack * want:
        seen = f"before training the loss is {loss:.2f}, about ln {classes} = {want:.2f} was wanted"
        hint = "leave the weights as torch initialises them, without a scale of your own"
        raise CheckFailed(Finding("value", seen, hint))
