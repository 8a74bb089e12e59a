"""`graph(model, shape)`: a student's model as data, for a check to count, run and compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.checks.convert import kind_of
from autograder.checks.failure import CheckFailed
from autograder.models.claim import UNWRITABLE, read_graph
from autograder.models.field import Field, field_by_formula, field_by_gradient, fields, last_map
from autograder.models.graph import Graph, ModelFailure
from autograder.models.opaque import Opaque
from autograder.report import Finding
from autograder.wall.proxy import Handle
from autograder.wall.values import Tensor

RECORDER = "autograder.models.record"
FETCH_SECONDS = 60.0


def graph(
    model: Any,
    *shapes: Sequence[int],
    training: bool = False,
    batch: int = 0,
    dtypes: Sequence[str] = (),
) -> Graph:
    """Return a model as data, recorded on random inputs (batch, *shape), one for each shape.

    `model` is a handle of the student's or a `torch.nn.Module` of the solution's. `training`
    records the pass of training mode. The graph runs with any batch size unless the model
    depends on it; then `Graph.batch` is the one that was recorded, `batch` where it is given.
    `dtypes` are those of the inputs, float32 unless given. Raises CheckFailed.
    """
    kinds = tuple(dtypes) or ("float32",) * len(shapes)
    if not callable(model):
        seen = f"a model was wanted, this is {kind_of(model)}"
        raise CheckFailed(Finding("type", seen, "return a torch.nn.Module"))
    if not isinstance(model, Handle):
        return own_graph(model, *shapes, training=training, batch=batch, dtypes=kinds)
    if not model._ref.callable:
        seen = f"{model._name or model._ref.type} cannot be called on an image"
        raise CheckFailed(Finding("type", seen, "return a torch.nn.Module"))
    exchange, name = model._exchange, model._name or model._ref.type
    plain = [list(shape) for shape in shapes]
    claim = exchange.ours(
        RECORDER, "record", model, plain, list(kinds), training, batch, label=f"{name}.forward"
    )

    def fetch(parts: Sequence[tuple[int, int, int]]) -> Sequence[Any]:
        asked = [list(part) for part in parts]
        told = exchange.ours(
            RECORDER, "fetch", claim["recording"], asked, seconds=FETCH_SECONDS, count=False
        )
        good = isinstance(told, list) and len(told) == len(asked)
        return told if good else [None] * len(asked)

    with judged():
        return read_graph(claim, fetch, plain, kinds, training)


def graph_or_opaque(model: Handle, *shapes: Sequence[int]) -> Graph | Opaque:
    """Return a student's model as a graph, or, where it cannot be written down, as it is.

    An opaque model answers from the student's own process, on inputs without labels; the
    report says so. Raises CheckFailed.
    """
    try:
        return graph(model, *shapes)
    except CheckFailed as failed:
        if not failed.finding.message.startswith(UNWRITABLE):
            raise
        reason = failed.finding.message
    exchange = model._exchange

    def ask(images: Any) -> Any:
        sent = np.ascontiguousarray(images).view(Tensor)
        return exchange.ours(RECORDER, "outputs", model, sent, seconds=FETCH_SECONDS, count=False)

    exchange.notes = (*exchange.notes, f"{reason}: its outputs come from your own process")
    return Opaque(reason, ask)


def own_graph(
    model: Any,
    *shapes: Sequence[int],
    training: bool = False,
    batch: int = 0,
    dtypes: Sequence[str] = (),
) -> Graph:
    """Return a trusted model, one of the solution's, as a graph; recorded here."""
    from autograder.models import record
    from autograder.models.execute import library

    library()
    kinds = tuple(dtypes) or ("float32",) * len(shapes)
    claim = record.record(None, model, shapes, kinds, training, batch)

    def fetch(parts: Sequence[tuple[int, int, int]]) -> Sequence[Any]:
        found = record.fetch(None, claim["recording"], parts)
        return [
            part.float().numpy() if part.dtype.itemsize == 2 else part.numpy() for part in found
        ]

    return read_graph(claim, fetch, shapes, kinds, training)


class judged:
    """Turn the ModelFailure of a student's model into a failed check."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, ModelFailure):
            found = Finding("value", str(error), error.hint, where=error.where)
            raise CheckFailed(found) from None


__all__ = [
    "Field",
    "Graph",
    "field_by_formula",
    "field_by_gradient",
    "fields",
    "graph",
    "graph_or_opaque",
    "judged",
    "last_map",
    "own_graph",
]
