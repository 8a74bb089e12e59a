"""`Graph`: a model as data. It is read from a claim, and holds only what was checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.models.operations import Kind, kind_of

if TYPE_CHECKING:
    from autograder.models.layers import Layer
    from autograder.models.parameters import Parameters

Array = np.ndarray[Any, Any]
Fetch = Callable[[Sequence[tuple[int, int, int]]], Sequence[Any]]

NODES_LIMIT = 20_000
TENSORS_LIMIT = 20_000
NUMBERS_LIMIT = 200_000_000
AXES_LIMIT = 12
_FLOATS = ("float32", "float64", "float16", "bfloat16")
DTYPES = (*_FLOATS, "int64", "int32", "int16", "int8", "uint8", "bool")


class ModelFailure(Exception):
    """A model that cannot be judged as it is: the text is for the student, `hint` what to do."""

    def __init__(self, message: str, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.where = where


@dataclass(frozen=True)
class Value:
    """A number computed by the graph: an input or an operation's result."""

    index: int


@dataclass(frozen=True)
class Weight:
    """One of the graph's tensors."""

    index: int


@dataclass(frozen=True)
class Multiple:
    """`factor` times the batch."""

    factor: int


@dataclass(frozen=True)
class Word:
    """A dtype, layout or memory format by name; or a device, which is the judge's choice."""

    kind: str
    text: str


@dataclass(frozen=True)
class Node:
    """One operation: `op` is `aten.conv2d.default`; `outs` are values, -1 for none."""

    op: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    outs: tuple[int, ...]
    many: bool = False
    where: str = ""

    @property
    def base(self) -> str:
        """Return the bare name: `conv2d`, `relu_`."""
        return self.op.split(".")[1]

    @property
    def kind(self) -> Kind:
        return kind_of(self.op)

    @cached_property
    def sources(self) -> tuple[Value | Weight, ...]:
        """Return every value and tensor among the arguments, in order."""
        return tuple(leaves((*self.args, *self.kwargs.values())))


@dataclass(frozen=True)
class Tensor:
    """What a tensor is: its role as claimed, its registered name or nothing."""

    shape: tuple[int, ...]
    dtype: str
    name: str
    role: str
    trainable: bool

    @property
    def size(self) -> int:
        return math.prod(self.shape)


def _gone(parts: Sequence[tuple[int, int, int]]) -> Sequence[Any]:
    raise ValueError("a graph that travelled has no way to its weights")


@dataclass(frozen=True)
class Graph:
    """A model as operations and tensors.

    `batch` is 0 where the graph runs with any batch size, else the only one it runs with.
    `shapes` and `dtypes` are those of the inputs, without the batch.
    """

    nodes: tuple[Node, ...]
    tensors: tuple[Tensor, ...]
    inputs: tuple[int, ...]
    outputs: tuple[Value | Weight, ...]
    shapes: tuple[tuple[int, ...], ...]
    dtypes: tuple[str, ...]
    batch: int
    training: bool
    fetch: Fetch = field(repr=False, compare=False)
    kept: dict[int, Array] = field(default_factory=dict, repr=False, compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a graph travel to a child of the judge, without the way to its weights."""
        told = (self.nodes, self.tensors, self.inputs, self.outputs, self.shapes, self.dtypes)
        return Graph, (*told, self.batch, self.training, _gone)

    def weights(self) -> list[Array]:
        """Return the numbers of every tensor; they cross the wall once."""
        from autograder.models.crossing import numbers

        return numbers(self)

    @cached_property
    def statistics(self) -> frozenset[int]:
        """Return the tensors that are read as batch-norm statistics and as nothing else."""
        from autograder.models.parameters import statistics

        return statistics(self)

    @cached_property
    def used(self) -> frozenset[int]:
        read = (leaf for node in self.nodes for leaf in node.sources)
        found = {leaf.index for leaf in (*read, *self.outputs) if isinstance(leaf, Weight)}
        return frozenset(found)

    @cached_property
    def parameters(self) -> Parameters:
        """Count the numbers in the tensors, split by what they are."""
        from autograder.models.parameters import count

        return count(self)

    @cached_property
    def sizes(self) -> Mapping[int, tuple[int, ...]]:
        """Return the shape of every value, with a batch of `trial` examples."""
        from autograder.models.execute import measure

        return measure(self)

    @cached_property
    def fed(self) -> frozenset[int]:
        """Return the values that depend on an input."""
        fed = set(self.inputs)
        for node in self.nodes:
            if any(isinstance(leaf, Value) and leaf.index in fed for leaf in node.sources):
                fed.update(node.outs)
        return frozenset(fed)

    @property
    def trial(self) -> int:
        """Return the batch size at which shapes are measured."""
        return self.batch or 2

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """Return the layers in the order in which they run."""
        from autograder.models.layers import find_layers

        try:
            return find_layers(self)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            raise ModelFailure("a layer of the model cannot be read") from None

    @cached_property
    def random(self) -> tuple[Node, ...]:
        """Return the operations that draw random numbers."""
        from autograder.models.operations import draws

        return tuple(node for node in self.nodes if draws(node.op, node.args, node.kwargs))

    def macs(self, batch: int = 1, *, bias: bool = False) -> int:
        """Return the multiply-adds of one pass; `bias` counts the additions of biases too.

        Raises ModelFailure for an operation whose cost is not known.
        """
        from autograder.models.macs import count_macs

        return count_macs(self, batch, bias=bias)

    def run(self, *inputs: Array, batch: int = 250, device: str = "cpu", output: int = 0) -> Array:
        """Return one output for inputs (N, *shape), computed apart, `batch` at a time.

        `output` is its place where the model gives several. Raises ModelFailure.
        """
        from autograder.models.execute import run

        if output >= len(self.outputs):
            count = len(self.outputs)
            raise ModelFailure(f"the model gives {count} outputs, {output + 1} were wanted")
        return run(self, inputs, batch=batch, device=device, output=output)


def leaves(value: Any) -> list[Value | Weight]:
    """Return every value and tensor in an argument, in order."""
    if isinstance(value, (Value, Weight)):
        return [value]
    if isinstance(value, (tuple, list)):
        return [leaf for item in value for leaf in leaves(item)]
    return []
