"""Multiply-adds of a graph: a formula for every operation that multiplies and adds.

A multiply-add is one multiplication with the addition that follows it. Operations that work
entry by entry, norms, pools, activations and reductions count nothing, as in the tables of
published networks. An operation with a cost and no formula is an error, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from autograder.models.graph import Graph, ModelFailure, Node, Value, Weight
from autograder.models.operations import Kind

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Sized:
    """A node with the shapes of what goes in and what comes out."""

    node: Node
    graph: Graph

    def shape(self, place: int) -> Shape:
        """Return the shape of the argument at `place`."""
        return self.of(self.node.args[place])

    def of(self, arg: Any) -> Shape:
        if isinstance(arg, Value):
            return self.graph.sizes[arg.index]
        if isinstance(arg, Weight):
            return self.graph.tensors[arg.index].shape
        raise _Unknown

    @property
    def out(self) -> Shape:
        return self.graph.sizes[self.node.outs[0]]

    def has(self, place: int) -> bool:
        """Tell whether there is a tensor at `place`: a bias."""
        args = self.node.args
        return len(args) > place and isinstance(args[place], (Value, Weight))

    def arg(self, place: int, name: str, default: Any) -> Any:
        args = self.node.args
        return args[place] if len(args) > place else self.node.kwargs.get(name, default)


class _Unknown(Exception):
    """The formula does not cover this form of the operation."""


def count_macs(graph: Graph, batch: int, *, bias: bool = False) -> int:
    """Return the multiply-adds of a forward pass of `batch` examples.

    Shapes are measured with `graph.trial` examples; the cost of each operation is then taken
    in proportion, which is exact for all that treats examples alike. Raises ModelFailure.
    """
    total = sum(node_macs(graph, node, bias=bias) for node in graph.nodes)
    return total * batch // graph.trial


def node_macs(graph: Graph, node: Node, *, bias: bool = False) -> int:
    """Return the multiply-adds of one operation with `graph.trial` examples."""
    if node.kind is not Kind.COSTLY:
        return 0
    formula = FORMULAS.get(node.base.rstrip("_"))
    try:
        if formula is None:
            raise _Unknown
        cost, extra = formula(Sized(node, graph))
    except (_Unknown, IndexError, KeyError, TypeError, ValueError):
        hint = "build it from convolutions, linear layers and matrix products"
        raise ModelFailure(
            f"there is no formula for the cost of {node.op}", hint, node.where
        ) from None
    return cost + (extra if bias else 0)


def _conv(at: Sized) -> tuple[int, int]:
    """Each output value sees (in / groups) x kernel inputs (Dumoulin and Visin, 2016)."""
    weight, out = at.shape(1), math.prod(at.out)
    return out * math.prod(weight[1:]), out if at.has(2) else 0


def _conv_transpose(at: Sized) -> tuple[int, int]:
    """Each input value is spread over (out / groups) x kernel outputs."""
    weight = at.shape(1)
    return math.prod(at.shape(0)) * math.prod(weight[1:]), math.prod(at.out) if at.has(2) else 0


def _convolution(at: Sized) -> tuple[int, int]:
    return _conv_transpose(at) if at.arg(6, "transposed", False) is True else _conv(at)


def _linear(at: Sized) -> tuple[int, int]:
    out = math.prod(at.out)
    return out * at.shape(1)[-1], out if at.has(2) else 0


def _product(at: Sized) -> tuple[int, int]:
    """A matrix product: each output value is a sum over the last axis of the first factor."""
    return math.prod(at.out) * at.shape(0)[-1], 0


def _added_product(at: Sized) -> tuple[int, int]:
    out = math.prod(at.out)
    return out * at.shape(1)[-1], out


def _outer(at: Sized) -> tuple[int, int]:
    return math.prod(at.out), 0


def _einsum(at: Sized) -> tuple[int, int]:
    """Two factors: the product of the sizes of all letters; more, from left to right."""
    equation, factors = at.node.args[0].replace(" ", ""), at.node.args[1]
    if "." in equation:
        raise _Unknown
    left, _, right = equation.partition("->")
    names = left.split(",")
    sizes: dict[str, int] = {}
    for letters, factor in zip(names, factors, strict=True):
        sizes.update(zip(letters, at.of(factor), strict=True))
    if len(names) == 1:
        return 0, 0
    if not _:
        letters = sorted(set(left) - {","})
        right = "".join(c for c in letters if left.count(c) == 1)
    total, seen = 0, names[0]
    for position, letters in enumerate(names[1:], 2):
        together = set(seen) | set(letters)
        total += math.prod(sizes[c] for c in together)
        later = set("".join(names[position:])) | set(right)
        seen = "".join(c for c in together if c in later)
    return total, 0


def _attention(at: Sized) -> tuple[int, int]:
    """Scores Q K^T and the weighted sum with V (Vaswani et al., 2017)."""
    query, key, value = at.shape(0), at.shape(1), at.shape(2)
    pairs = math.prod(query[:-1]) * key[-2]
    return pairs * query[-1] + pairs * value[-1], 0


def _recurrent(at: Sized) -> tuple[int, int]:
    """Each step multiplies its input and its state with the weights of every gate."""
    weights = at.node.args[2]
    if not isinstance(weights, tuple):
        raise _Unknown  # sequences of different lengths, packed
    matrices = [at.of(w) for w in weights if len(at.of(w)) == 2]
    biases = [at.of(w) for w in weights if len(at.of(w)) == 1]
    steps = math.prod(at.shape(0)[:2])
    return steps * sum(map(math.prod, matrices)), steps * sum(size for (size,) in biases)


def _cell(at: Sized) -> tuple[int, int]:
    """One step: the weights for the input and for the state, once for each example."""
    batch = at.shape(0)[0]
    weights = [a for a in at.node.args[2:4] if isinstance(a, Weight)]
    return batch * sum(math.prod(at.of(w)) for w in weights), 0


def _bilinear(at: Sized) -> tuple[int, int]:
    out, one, two = at.shape(2)
    places = math.prod(at.shape(0)[:-1])
    return places * out * (one * two + two), places * out if at.has(3) else 0


def _inner(at: Sized) -> tuple[int, int]:
    return math.prod(at.shape(0)), 0


FORMULAS: Mapping[str, Callable[[Sized], tuple[int, int]]] = MappingProxyType(
    {
        **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _conv),
        **dict.fromkeys(
            ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _conv_transpose
        ),
        "convolution": _convolution,
        "linear": _linear,
        **dict.fromkeys(("mm", "bmm", "mv", "matmul"), _product),
        **dict.fromkeys(("addmm", "baddbmm", "addmv"), _added_product),
        **dict.fromkeys(("dot", "vdot"), _inner),
        **dict.fromkeys(("outer", "ger"), _outer),
        "einsum": _einsum,
        "scaled_dot_product_attention": _attention,
        **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), _recurrent),
        **dict.fromkeys(("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"), _cell),
        "bilinear": _bilinear,
    }
)
