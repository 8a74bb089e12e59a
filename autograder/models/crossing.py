"""The numbers of a graph's tensors, as they cross the wall: in parts, each one checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.models.graph import Array, Graph, ModelFailure, Tensor

# At most so many numbers, and so many tensors, in one message.
CHUNK = 8 << 20
MOST = 1000


def numbers(graph: Graph) -> list[Array]:
    """Return the numbers of every tensor; those that are not `kept` yet are fetched.

    Raises ModelFailure for what is not as the graph announced it.
    """
    wanted = [n for n in range(len(graph.tensors)) if n not in graph.kept]
    for part in _parts(graph.tensors, wanted):
        for (index, start, stop), got in zip(part, graph.fetch(part), strict=True):
            _keep(graph, index, start, stop, got)
    return [graph.kept[n].reshape(t.shape) for n, t in enumerate(graph.tensors)]


def _parts(tensors: Sequence[Tensor], wanted: Sequence[int]) -> list[list[tuple[int, int, int]]]:
    """Split the tensors wanted into messages of (tensor, start, stop)."""
    parts: list[list[tuple[int, int, int]]] = [[]]
    room = CHUNK
    for index in wanted:
        for start in range(0, max(tensors[index].size, 1), CHUNK):
            stop = min(start + CHUNK, tensors[index].size)
            if stop - start > room or len(parts[-1]) >= MOST:
                parts.append([])
                room = CHUNK
            parts[-1].append((index, start, stop))
            room -= stop - start
    return [part for part in parts if part]


def _keep(graph: Graph, index: int, start: int, stop: int, got: Any) -> None:
    tensor = graph.tensors[index]
    if not isinstance(got, np.ndarray) or got.shape != (stop - start,):
        raise ModelFailure("a tensor of the model did not arrive as it was announced")
    if tensor.size and start == 0:
        graph.kept[index] = np.empty(tensor.size, dtype=got.dtype)
    if got.dtype.kind not in "biuf" or (tensor.size and graph.kept[index].dtype != got.dtype):
        raise ModelFailure("a tensor of the model is not of one kind of real numbers")
    if tensor.size == 0:
        graph.kept[index] = np.asarray(got)
    else:
        graph.kept[index][start:stop] = got
