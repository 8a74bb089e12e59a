"""Receptive fields, twice: by the formula along the layers, and by the gradient's support.

By the formula, each layer adds (kernel - 1) x dilation x jump, and its stride multiplies the
jump (Araujo, Norris and Sim, 2019). On a chain both agree; where branches meet, the gradient
decides, since it follows every path. Norms count as seeing one place, as they do at test
time with stored statistics.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from autograder.models.apart import apart
from autograder.models.execute import examples, execute, library
from autograder.models.graph import Graph, ModelFailure, Node
from autograder.models.layers import Layer
from autograder.models.operations import Kind

Pair = tuple[int, int]
WHOLE = frozenset({"global_average", "global_max", "global_sum", "linear", "concat_all"})
SPATIAL = frozenset({"conv", "max_pool", "avg_pool"})


@dataclass(frozen=True)
class Field:
    """A receptive field (height, width) in input pixels; `jump` is the step between fields.

    `chain` tells whether no branches meet before it; `clipped` that the measured field
    reaches the border of the input, so that the true one may be larger.
    """

    size: Pair
    jump: Pair = (1, 1)
    chain: bool = True
    clipped: bool = False


def last_map(graph: Graph) -> int:
    """Return the place in `graph.layers` of the last layer that still is a map.

    That is the one before the global pooling or the flattening; -1 where there is none.
    """
    found = -1
    for place, layer in enumerate(graph.layers):
        if len(layer.size_out) == 3 and max(layer.size_out[1:]) > 1 and layer.kind not in WHOLE:
            found = place
    return found


def field_by_formula(graph: Graph, place: int | None = None) -> Field:
    """Return the field of layer `place`, the last map unless given; the widest path counts.

    Raises ModelFailure for a layer whose field has no formula.
    """
    return fields(graph)[last_map(graph) if place is None else place]


def fields(graph: Graph) -> dict[int, Field]:
    """Return the field of every layer that is a map, by its place; -1 is the input."""
    found = {-1: Field((1, 1))}
    for place, layer in enumerate(graph.layers):
        before = [found[s] for s in layer.sources if s in found]
        if before and len(layer.size_out) == 3 and layer.kind not in WHOLE:
            found[place] = _next(layer, before)
    return found


def _next(layer: Layer, before: Sequence[Field]) -> Field:
    size = (max(f.size[0] for f in before), max(f.size[1] for f in before))
    jump = before[0].jump
    chain = all(f.chain for f in before) and len(before) == 1
    if layer.kind == "conv_transpose":
        raise ModelFailure("a transposed convolution has no receptive field by the formula")
    if layer.kind not in SPATIAL:
        return Field(size, jump, chain)
    kernel, stride = layer["kernel"], layer["stride"]
    dilation = layer.numbers.get("dilation", (1, 1))
    grown = [f + (k - 1) * d * j for f, k, d, j in zip(size, kernel, dilation, jump, strict=True)]
    wider = [j * s for j, s in zip(jump, stride, strict=True)]
    return Field((grown[0], grown[1]), (wider[0], wider[1]), chain)


def field_by_gradient(graph: Graph, place: int | None = None) -> Field:
    """Return the field of layer `place` as the support of the gradient of its middle entry.

    All weights are positive and every pooling averages, so that nothing cancels and no path
    is lost. The graph's own input size bounds what can be seen: `clipped` says so.
    """
    layer = graph.layers[last_map(graph) if place is None else place]
    library()
    size, clipped = apart(_support, graph, layer.node)
    formula = fields(graph).get(last_map(graph) if place is None else place)
    jump, chain = (formula.jump, formula.chain) if formula else ((1, 1), False)
    return Field((size[0], size[1]), jump, chain, bool(clipped))


def _support(graph: Graph, wanted: int) -> list[Any]:
    torch = library()
    rng = torch.Generator().manual_seed(0)
    tensors = []
    for tensor in graph.tensors:
        kind = getattr(torch, tensor.dtype)
        if kind.is_floating_point:
            spread = torch.rand(tensor.shape, generator=rng, dtype=torch.float64)
            tensors.append((0.5 + spread) / max(tensor.size // (tensor.shape or (1,))[0], 1))
        else:
            tensors.append(torch.zeros(tensor.shape, dtype=kind))
    inputs = [x.abs() + 1 if x.is_floating_point() else x for x in examples(graph, 2, double=True)]
    leaf = inputs[0].requires_grad_()
    inputs[0] = leaf * 1.0  # the first layer may work in place
    seen: list[Any] = []

    def watch(number: int, node: Node, args: Sequence[Any], out: Any) -> Any:
        out = _open(node, args, out)
        if number == wanted:
            seen.append(out[0] if node.many else out)
            raise _Seen
        return out

    with suppress(_Seen):
        execute(graph, tensors, inputs, watch)
    middle = seen[0][0, :, seen[0].shape[2] // 2, seen[0].shape[3] // 2].sum()
    (gradient,) = torch.autograd.grad(middle, leaf)
    touched = gradient[0].abs().sum(0) > 0
    rows, columns = touched.any(1).nonzero().flatten(), touched.any(0).nonzero().flatten()
    if len(rows) == 0:
        return [[0, 0], False]
    spans = [[int(rows[0]), int(rows[-1])], [int(columns[0]), int(columns[-1])]]
    ends = zip(spans, touched.shape, strict=True)
    clipped = any(first == 0 or last == size - 1 for (first, last), size in ends)
    return [[last - first + 1 for first, last in spans], clipped]


class _Seen(Exception):
    """The layer asked for has run."""


def _open(node: Node, args: Sequence[Any], out: Any) -> Any:
    """Return what a node gives where nothing may block the gradient or mix all places."""
    torch = library()
    base = node.base.rstrip("_")
    if node.kind is Kind.NORM or node.kind is Kind.DROPOUT:
        return out if not torch.is_tensor(args[0]) else args[0] * 1.0
    if node.kind is Kind.ACTIVATION and "softmax" not in base and base != "glu":
        return args[0] * 1.0
    if base in ("max_pool2d", "max_pool2d_with_indices"):
        rest = list(args[1:4])
        pooled = torch.nn.functional.avg_pool2d(args[0], *rest)
        return (pooled, out[1]) if node.many else pooled
    return out
