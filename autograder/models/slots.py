"""The places of a graph where weights act, in the order in which they run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.models.graph import Graph, Node, Value, Weight

Array = np.ndarray[Any, Any]

_CONVOLUTIONS = (
    *("conv1d", "conv2d", "conv3d", "convolution"),
    *("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"),
)
# Where each operation reads its tensors: role to place among the arguments.
_ROLES = {
    **{name: {"weight": 1, "bias": 2} for name in _CONVOLUTIONS},
    "linear": {"weight": 1, "bias": 2},
    "addmm": {"bias": 0, "weight": 2},
    "batch_norm": {"weight": 1, "bias": 2, "mean": 3, "var": 4},
    "layer_norm": {"weight": 2, "bias": 3},
    "group_norm": {"weight": 2, "bias": 3},
    "embedding": {"weight": 0},
    "prelu": {"weight": 1},
}


@dataclass(frozen=True)
class Slot:
    """One operation with weights: `roles` maps "weight", "bias", ... to tensor numbers.

    `kind` and `shape` say what would fit here; a 1 x 1 convolution on a single place is a
    linear layer. `sources` are the slots that feed it, -1 for the input.
    """

    node: int
    kind: str
    shape: tuple[int, ...]
    roles: dict[str, int]
    sources: tuple[int, ...]
    flipped: bool = False  # addmm holds the transposed weights of linear

    @property
    def signature(self) -> tuple[Any, ...]:
        return self.kind, self.shape


def find_slots(graph: Graph) -> tuple[Slot, ...]:
    """Return every operation that reads weights, in the order in which they run."""
    found: list[Slot] = []
    behind: dict[int, frozenset[int]] = {index: frozenset({-1}) for index in graph.inputs}
    for number, node in enumerate(graph.nodes):
        values = [leaf.index for leaf in node.sources if isinstance(leaf, Value)]
        before = frozenset[int]().union(*(behind.get(v, frozenset()) for v in values))
        for slot in _slots(graph, number, node, tuple(sorted(before))):
            found.append(slot)
            before = frozenset({len(found) - 1})
        for out in node.outs:
            behind[out] = before
    return tuple(found)


def _slots(graph: Graph, number: int, node: Node, sources: tuple[int, ...]) -> list[Slot]:
    roles = _ROLES.get(node.base.rstrip("_"))
    if roles is None:
        own = [leaf.index for leaf in node.sources if isinstance(leaf, Weight)]
        learned = [n for n in own if graph.tensors[n].role == "parameter"]
        shapes = [(n, graph.tensors[n].shape) for n in learned]
        return [Slot(number, node.base, shape, {"weight": n}, sources) for n, shape in shapes]
    there = {r: node.args[p] for r, p in roles.items() if len(node.args) > p}
    held = {role: arg.index for role, arg in there.items() if isinstance(arg, Weight)}
    if "weight" not in held and node.base.rstrip("_") != "batch_norm":
        return []
    if not held:
        return []
    kind, shape = _canonical(graph, node, held)
    return [Slot(number, kind, shape, held, sources, node.base == "addmm")]


def _canonical(graph: Graph, node: Node, held: dict[str, int]) -> tuple[str, tuple[int, ...]]:
    shape = graph.tensors[next(iter(held.values()))].shape
    base = node.base.rstrip("_")
    if base == "addmm":
        return "linear", graph.tensors[held["weight"]].shape[::-1]
    source = node.args[0]
    alone = isinstance(source, Value) and graph.sizes[source.index][2:] == (1, 1)
    if base == "conv2d" and shape[2:] == (1, 1) and alone:
        return "linear", shape[:2]
    return base, shape


@dataclass(frozen=True)
class Fit:
    """Slots of two graphs put side by side; or, where they do not fit, the first that differ."""

    pairs: tuple[tuple[Slot, Slot], ...]
    first: tuple[Slot | None, Slot | None] | None = None


def fit(one: Graph, two: Graph) -> Fit:
    """Put the slots of two graphs side by side: in order, or each with what feeds it."""
    ours, theirs = find_slots(one), find_slots(two)
    if [s.signature for s in ours] == [s.signature for s in theirs]:
        return Fit(tuple(zip(ours, theirs, strict=True)))
    pairs = _by_neighbours(ours, theirs)
    if pairs is not None:
        return Fit(pairs)
    longest = max(len(ours), len(theirs))
    for n in range(longest):
        a = ours[n] if n < len(ours) else None
        b = theirs[n] if n < len(theirs) else None
        if a is None or b is None or a.signature != b.signature:
            return Fit((), (a, b))
    return Fit((), (None, None))


def _by_neighbours(
    ours: tuple[Slot, ...], theirs: tuple[Slot, ...]
) -> tuple[tuple[Slot, Slot], ...] | None:
    """Match slots that stand behind the same kind of slot: branches may run in any order."""
    if len(ours) != len(theirs):
        return None
    left: dict[Any, list[Slot]] = {}
    for slot in theirs:
        left.setdefault(_place(slot, theirs), []).append(slot)
    pairs = []
    for slot in ours:
        waiting = left.get(_place(slot, ours), [])
        if not waiting:
            return None
        pairs.append((slot, waiting.pop(0)))
    return tuple(pairs)


def _place(slot: Slot, slots: tuple[Slot, ...]) -> tuple[Any, ...]:
    before = sorted(str(slots[s].signature) if s >= 0 else "input" for s in slot.sources)
    return (*slot.signature, *before)
