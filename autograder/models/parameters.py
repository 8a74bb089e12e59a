"""How many numbers a model has, split by what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.models.graph import Graph, Weight, leaves


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


def count(graph: Graph) -> Parameters:
    """Count the numbers in the tensors of a graph."""
    found = dict.fromkeys(("trainable", "frozen", "statistics", "buffers", "constants"), 0)
    for index, tensor in enumerate(graph.tensors):
        found[_part(graph, index)] += tensor.size
    unused = {
        t.name: t.size
        for n, t in enumerate(graph.tensors)
        if n not in graph.used and n not in graph.statistics and t.name
    }
    return Parameters(**found, unused=unused)


def _part(graph: Graph, index: int) -> str:
    tensor = graph.tensors[index]
    if index in graph.statistics:
        return "statistics"
    if tensor.role == "parameter":
        return "trainable" if tensor.trainable else "frozen"
    return "buffers" if tensor.role == "buffer" else "constants"


def statistics(graph: Graph) -> frozenset[int]:
    """Return the tensors that are read as batch-norm statistics and as nothing else.

    Counters of batches that nothing reads are among them.
    """
    read: set[int] = set()
    other: set[int] = set()
    for node in graph.nodes:
        running = node.args[3:5] if node.base == "batch_norm" else ()
        own = [a.index for a in running if isinstance(a, Weight)]
        read.update(own)
        rest = [leaf.index for leaf in leaves(node.args) if isinstance(leaf, Weight)]
        for index in own:
            rest.remove(index)
        other.update(rest)
    counters = {n for n, t in enumerate(graph.tensors) if t.shape == () and t.dtype == "int64"}
    return frozenset((read - other) | (counters - graph.used))
