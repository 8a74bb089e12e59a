"""Run a graph: the same operations in the same order, with tensors of the judge's choice."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.models.apart import apart, apart_each
from autograder.models.graph import Graph, ModelFailure, Multiple, Node, Value, Weight, Word
from autograder.models.operations import resolve

if TYPE_CHECKING:
    import torch

Array = np.ndarray[Any, Any]
# Called for every node with its arguments and its result; what it returns takes its place.
Watch = Callable[[int, Node, Sequence[Any], Any], Any]

NUMBERS_LIMIT = 1 << 28  # numbers in one value
SPLIT_AT = 2000  # inputs from which the work is worth two processes
RUN_SECONDS = 300.0


def library() -> Any:
    """Import torch with one thread: a child forked from a thread pool would hang."""
    import torch

    if torch.get_num_threads() != 1:
        torch.set_num_threads(1)
    return torch


def execute(
    graph: Graph,
    tensors: Sequence[torch.Tensor],
    inputs: Sequence[torch.Tensor],
    watch: Watch | None = None,
) -> list[torch.Tensor]:
    """Return the outputs of the graph; raises ModelFailure where an operation cannot run.

    Run it inside `apart`: the operations are on the list, their sizes are the student's.
    """
    torch = library()
    batch = int(inputs[0].shape[0]) if inputs else 0
    double = bool(inputs) and inputs[0].dtype == torch.float64
    values: dict[int, Any] = dict(zip(graph.inputs, inputs, strict=True))
    last = _last_uses(graph)
    # Operations in place write into what they are given: the graph's tensors are kept whole.
    own = [tensor.clone() for tensor in tensors] if _writes(graph) else tensors

    def find(arg: Any) -> Any:
        if isinstance(arg, Value):
            if arg.index not in values:
                raise ModelFailure("the model's recording does not fit together")
            return values[arg.index]
        if isinstance(arg, Weight):
            return own[arg.index]
        if isinstance(arg, tuple):
            return [find(item) for item in arg]
        if isinstance(arg, Multiple):
            return arg.factor * batch
        if isinstance(arg, Word):
            if arg.kind == "device":
                return inputs[0].device
            return getattr(torch, "float64" if double and arg.text == "float32" else arg.text)
        return arg

    for number, node in enumerate(graph.nodes):
        args = [find(arg) for arg in node.args]
        kwargs = {key: find(arg) for key, arg in node.kwargs.items()}
        out = _call(node, args, kwargs)
        if watch is not None:
            out = watch(number, node, args, out)
        for index, value in zip(node.outs, out if node.many else [out], strict=False):
            if index >= 0:
                values[index] = _checked(node, value)
        for index in last.get(number, ()):
            values.pop(index, None)
    return [find(output) for output in graph.outputs]


def _call(node: Node, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    try:
        return resolve(node.op)(*args, **kwargs)
    except MemoryError:
        raise
    except RuntimeError as error:
        if "memory" in str(error).lower():
            raise ModelFailure(
                f"{node.base} needs more memory than a model may have", where=node.where
            ) from None
        said = " ".join(str(error).split())[:300]
        raise ModelFailure(f"{node.base} cannot run: {said}", where=node.where) from None
    except (TypeError, ValueError, IndexError, OverflowError, NotImplementedError) as error:
        said = " ".join(str(error).split())[:300]
        raise ModelFailure(f"{node.base} cannot run: {said}", where=node.where) from None


def _checked(node: Node, value: Any) -> Any:
    torch = library()
    if isinstance(value, torch.Tensor) and value.numel() > NUMBERS_LIMIT:
        most = f"{value.numel():,} numbers, at most {NUMBERS_LIMIT:,} may be held at once"
        raise ModelFailure(f"{node.base} makes {most}", where=node.where)
    return value


def _writes(graph: Graph) -> bool:
    return graph.training or any(node.base.endswith("_") for node in graph.nodes)


def _last_uses(graph: Graph) -> dict[int, list[int]]:
    """Return which values are read for the last time by each node, so that they can go."""
    last: dict[int, int] = {}
    for number, node in enumerate(graph.nodes):
        for leaf in node.sources:
            if isinstance(leaf, Value):
                last[leaf.index] = number
        last.update((out, number) for out in node.outs if out >= 0)
    for output in graph.outputs:
        if isinstance(output, Value):
            last.pop(output.index, None)
    gone: dict[int, list[int]] = {}
    for index, number in last.items():
        gone.setdefault(number, []).append(index)
    return gone


def to_torch(graph: Graph, arrays: Sequence[Array], double: bool = False) -> list[torch.Tensor]:
    """Return arrays as the graph's tensors, of the types that it announced."""
    torch = library()
    found = []
    for tensor, array in zip(graph.tensors, arrays, strict=True):
        kind = getattr(torch, tensor.dtype)
        if double and kind.is_floating_point:
            kind = torch.float64
        found.append(torch.from_numpy(np.ascontiguousarray(array)).to(kind))
    return found


def examples(graph: Graph, batch: int, seed: int = 0, double: bool = False) -> list[torch.Tensor]:
    """Return random inputs: normal numbers, or zeros for whole-number inputs."""
    torch = library()
    rng = np.random.Generator(np.random.PCG64(seed))
    found = []
    for shape, dtype in zip(graph.shapes, graph.dtypes, strict=True):
        kind = getattr(torch, dtype)
        if kind.is_floating_point:
            kind = torch.float64 if double else kind
            found.append(torch.from_numpy(rng.standard_normal((batch, *shape))).to(kind))
        else:
            found.append(torch.zeros((batch, *shape), dtype=kind))
    return found


def measure(graph: Graph) -> dict[int, tuple[int, ...]]:
    """Return the shape of every value at a batch of `graph.trial`, by running it on zeros."""
    library()
    return {index: tuple(shape) for index, shape in apart(_shapes, graph)}


def _shapes(graph: Graph) -> list[Any]:
    torch = library()
    shapes: dict[int, tuple[int, ...]] = {}

    def note(number: int, node: Node, args: Sequence[Any], out: Any) -> Any:
        for index, value in zip(node.outs, out if node.many else [out], strict=False):
            if index >= 0 and isinstance(value, torch.Tensor):
                shapes[index] = tuple(value.shape)
        return out

    inputs = examples(graph, graph.trial)
    shapes.update((n, tuple(x.shape)) for n, x in zip(graph.inputs, inputs, strict=True))
    blank = [torch.zeros(t.shape, dtype=getattr(torch, t.dtype)) for t in graph.tensors]
    with torch.inference_mode():
        execute(graph, blank, inputs, note)
    return [[index, list(shape)] for index, shape in shapes.items()]


def run(
    graph: Graph,
    inputs: Sequence[Array],
    *,
    batch: int = 250,
    device: str = "cpu",
    output: int = 0,
) -> Array:
    """Return one output for inputs (N, *shape), `batch` examples at a time.

    The last batch is filled up with copies where the graph knows one batch size only.
    Raises ModelFailure.
    """
    size = graph.batch or batch
    arrays = graph.weights()
    library()
    count = len(inputs[0])
    workers = min(os.cpu_count() or 1, 4) if count >= SPLIT_AT and device == "cpu" else 1
    step = -(-count // (workers * size)) * size
    spans = [(start, min(start + step, count)) for start in range(0, count, step)] or [(0, 0)]

    parts = [
        (graph, arrays, [x[start:stop] for x in inputs], size, device, output)
        for start, stop in spans
    ]
    return np.concatenate(apart_each(_run_part, parts, seconds=RUN_SECONDS))


def _run_part(
    graph: Graph,
    arrays: Sequence[Array],
    inputs: Sequence[Array],
    size: int,
    device: str,
    output: int,
) -> Array:
    torch = library()
    tensors = [tensor.to(device) for tensor in to_torch(graph, arrays)]
    found = []
    with torch.inference_mode():
        for start in range(0, len(inputs[0]), size):
            parts = [x[start : start + size] for x in inputs]
            chunk = [_tensor(x, kind) for x, kind in zip(parts, graph.dtypes, strict=True)]
            there = len(chunk[0])
            if graph.batch and there < size:
                chunk = [torch.cat([x, x[-1:].expand(size - there, *x.shape[1:])]) for x in chunk]
            out = execute(graph, tensors, [x.to(device) for x in chunk])[output]
            if not out.shape or out.shape[0] not in (size, there):
                raise ModelFailure(f"{there} inputs give an output of shape {tuple(out.shape)}")
            found.append(out[:there].float().cpu().numpy())
    return np.concatenate(found) if found else np.zeros((0,), np.float32)


def _tensor(array: Array, dtype: str) -> torch.Tensor:
    torch = library()
    return torch.from_numpy(np.ascontiguousarray(array)).to(getattr(torch, dtype))
