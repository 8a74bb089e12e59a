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

Array = np.ndarray[Any, Any]
Fetch = Callable[[Sequence[tuple[int, int, int]]], Sequence[Any]]

NODES_LIMIT = 20_000
TENSORS_LIMIT = 20_000
NUMBERS_LIMIT = 200_000_000
AXES_LIMIT = 12
CHUNK = 8 << 20
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
        return tuple(_leaves((*self.args, *self.kwargs.values())))


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


@dataclass(frozen=True)
class Parameters:
    """Numbers in a model's tensors, each tensor once.

    `trainable` and `frozen` are registered parameters, `statistics` the running means and
    variances of batch norms, `buffers` what else is registered, `constants` tensors that are
    registered nowhere. `unused` maps the names of registered tensors that the forward pass
    never reads to their sizes; they count where they belong.
    """

    trainable: int
    frozen: int
    statistics: int
    buffers: int
    constants: int
    unused: Mapping[str, int]

    @property
    def learned(self) -> int:
        """Registered parameters, as `sum(p.numel() for p in model.parameters())` has them."""
        return self.trainable + self.frozen

    @property
    def total(self) -> int:
        """Everything but batch-norm statistics: what a budget counts."""
        return self.learned + self.buffers + self.constants


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
        wanted = [n for n in range(len(self.tensors)) if n not in self.kept]
        for part in _parts(self.tensors, wanted):
            for (index, start, stop), got in zip(part, self.fetch(part), strict=True):
                _keep(self, index, start, stop, got)
        return [self.kept[n].reshape(t.shape) for n, t in enumerate(self.tensors)]

    @cached_property
    def statistics(self) -> frozenset[int]:
        """Return the tensors that are read as batch-norm statistics and as nothing else."""
        read: set[int] = set()
        other: set[int] = set()
        for node in self.nodes:
            running = node.args[3:5] if node.base == "batch_norm" else ()
            found = [a for a in _leaves(node.args) if isinstance(a, Weight)]
            own = [a.index for a in running if isinstance(a, Weight)]
            read.update(own)
            rest = [a.index for a in found]
            for index in own:
                rest.remove(index)
            other.update(rest)
        counters = {n for n, t in enumerate(self.tensors) if t.shape == () and t.dtype == "int64"}
        unread = counters - self.used
        return frozenset((read - other) | unread)

    @cached_property
    def used(self) -> frozenset[int]:
        leaves = (leaf for node in self.nodes for leaf in node.sources)
        found = {leaf.index for leaf in (*leaves, *self.outputs) if isinstance(leaf, Weight)}
        return frozenset(found)

    @cached_property
    def parameters(self) -> Parameters:
        """Count the numbers in the tensors, split by what they are."""
        count = dict.fromkeys(("trainable", "frozen", "statistics", "buffers", "constants"), 0)
        for index, tensor in enumerate(self.tensors):
            count[self._part(index, tensor)] += tensor.size
        unused = {
            t.name: t.size
            for n, t in enumerate(self.tensors)
            if n not in self.used and n not in self.statistics and t.name
        }
        return Parameters(**count, unused=unused)

    def _part(self, index: int, tensor: Tensor) -> str:
        if index in self.statistics:
            return "statistics"
        if tensor.role == "parameter":
            return "trainable" if tensor.trainable else "frozen"
        return "buffers" if tensor.role == "buffer" else "constants"

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


def _leaves(value: Any) -> list[Value | Weight]:
    if isinstance(value, (Value, Weight)):
        return [value]
    if isinstance(value, (tuple, list)):
        return [leaf for item in value for leaf in _leaves(item)]
    return []


def _parts(tensors: Sequence[Tensor], wanted: Sequence[int]) -> list[list[tuple[int, int, int]]]:
    """Split the tensors wanted into messages of at most CHUNK numbers each."""
    parts: list[list[tuple[int, int, int]]] = [[]]
    room = CHUNK
    for index in wanted:
        for start in range(0, max(tensors[index].size, 1), CHUNK):
            stop = min(start + CHUNK, tensors[index].size)
            if stop - start > room or len(parts[-1]) >= 1000:
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
