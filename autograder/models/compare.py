"""Two graphs, one set of random weights: do they compute the same function?

Weights are put into both in the order in which they act, batch-norm statistics and scales
included, with scales of both signs: pooling before or after a norm is the same function while
all scales are positive. Names and modules do not matter. Where the functions differ, the
first place where they part is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.models.apart import apart
from autograder.models.execute import examples, execute, library, to_torch
from autograder.models.graph import Graph, Node
from autograder.models.layers import Layer
from autograder.models.slots import Fit, Slot, find_slots, fit

Array = np.ndarray[Any, Any]
TOLERANCE = 1e-3  # of the largest output; wrong architectures are off by 0.1 and more
BATCH = 4
NUMBERS = ("kernel", "stride", "padding", "dilation", "groups")


@dataclass(frozen=True)
class Difference:
    """Where the first graph stops doing what the second does.

    `kind` is "weights" (other layers with weights), "numbers" (a layer with another stride,
    padding, ...), "between" (other layers between two that agree), "output" (after the last
    one), "probabilities" (a softmax at the end). `before` and `after` are the layers of the
    first graph around the place, `missing` and `extra` kinds of layers, `numbers` maps a name
    to (seen, wanted). `moved` tells that what is missing here stands elsewhere: both graphs
    have as many of it.
    """

    kind: str
    before: Layer | None = None
    after: Layer | None = None
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    numbers: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    moved: bool = False


def compare(one: Graph, two: Graph, *, seed: int = 0) -> Difference | None:
    """Return None when `one` computes what `two` does, up to a log-softmax at the end.

    Outputs are compared in float64 on random inputs. Raises ModelFailure when a graph cannot
    be run.
    """
    paired = fit(one, two)
    if paired.first is not None:
        return _other_weights(one, paired.first)
    ours, theirs = _fill(one, two, paired, seed)
    library()
    told = apart(_both, one, two, paired, (ours, theirs), seed)
    return _place(one, two, paired, told)


def _other_weights(one: Graph, first: tuple[Slot | None, Slot | None]) -> Difference:
    mine, wanted = first
    slots = find_slots(one)
    place = slots.index(mine) if mine is not None else len(slots)
    before = _layer(one, slots[place - 1]) if place else None
    missing = (wanted.kind,) if wanted is not None else ()
    extra = (mine.kind,) if mine is not None else ()
    after = _layer(one, mine) if mine is not None else None
    numbers = {}
    if mine is not None and wanted is not None and mine.kind == wanted.kind:
        numbers = {"shape of the weights": (mine.shape, wanted.shape)}
    return Difference("weights", before, after, missing, extra, numbers)


def _fill(one: Graph, two: Graph, paired: Fit, seed: int) -> tuple[list[Array], list[Array]]:
    """Return the tensors of both graphs with the same random weights in all fitting slots."""
    rng = np.random.Generator(np.random.PCG64(seed))
    filled: tuple[dict[int, Array], dict[int, Array]] = ({}, {})
    for mine, wanted in paired.pairs:
        roles = dict.fromkeys((*mine.roles, *wanted.roles))
        for role in roles:
            value = _draw(rng, role, mine, mine.roles.keys() & wanted.roles.keys())
            for slot, graph, into in ((mine, one, filled[0]), (wanted, two, filled[1])):
                if role in slot.roles:
                    index = slot.roles[role]
                    shaped = value.T if slot.flipped and role == "weight" else value
                    into.setdefault(index, shaped.reshape(graph.tensors[index].shape))
    return _with(one, filled[0]), _with(two, filled[1])


def _draw(rng: np.random.Generator, role: str, slot: Slot, both: Any) -> Array:
    size = slot.shape if role == "weight" else slot.shape[:1]
    if slot.kind in ("layer_norm", "group_norm", "batch_norm"):
        size = slot.shape
    if role == "bias":
        # Where only one side has a bias, it does nothing: both forms are accepted.
        return rng.normal(0, 0.4, size) if role in both else np.zeros(size)
    if role == "mean":
        return rng.normal(0, 0.4, size)
    if role == "var":
        return rng.uniform(0.4, 2.0, size)
    if slot.kind.endswith("_norm"):
        if role not in both:
            return np.ones(size)
        return np.asarray(rng.uniform(0.5, 1.5, size) * rng.choice([-1.0, 1.0], size))
    fan_in = max(int(np.prod(slot.shape[1:])), 1)
    scale = 1.6 / np.sqrt(fan_in) if len(slot.shape) > 1 else 0.5
    return rng.normal(0, scale, size)


def _with(graph: Graph, filled: dict[int, Array]) -> list[Array]:
    """Return the graph's tensors: filled ones, and its own where no slot reads them."""
    if all(n in filled or n not in graph.used for n in range(len(graph.tensors))):
        return [filled.get(n, np.zeros(t.shape)) for n, t in enumerate(graph.tensors)]
    own = graph.weights()
    return [filled.get(n, own[n]) for n in range(len(graph.tensors))]


def _both(
    one: Graph, two: Graph, paired: Fit, arrays: tuple[list[Array], list[Array]], seed: int
) -> dict[str, Any]:
    """Run both graphs; say for every pair of slots whether what goes in and out agrees."""
    torch = library()
    with torch.inference_mode():
        batch = one.batch or two.batch or BATCH
        inputs = examples(two, batch, seed + 1, double=True)
        seen = []
        for side, graph in enumerate((one, two)):
            nodes = {pair[side].node for pair in paired.pairs}
            tensors = to_torch(graph, arrays[side], double=True)
            seen.append(_watched(graph, tensors, [x.clone() for x in inputs], nodes))
        pairs = [
            [_alike(seen[0][a.node][n], seen[1][b.node][n]) for n in (0, 1)]
            for a, b in paired.pairs
        ]
        mine, wanted = seen[0][-1], seen[1][-1]
        return {"pairs": pairs, "outputs": _outputs(mine, wanted)}


def _outputs(mine: Any, wanted: Any) -> str:
    """Say how two outputs are alike: "same", "log" (up to a log-softmax), "softmax", "other"."""
    torch = library()
    if _alike(mine, wanted):
        return "same"
    if mine.shape != wanted.shape or mine.ndim < 2:
        return "other"
    axis = 1
    logs = torch.log_softmax(wanted, axis)
    if _alike(torch.log_softmax(mine, axis), logs):
        return "log"
    probable = bool((mine >= 0).all()) and _alike(mine.sum(axis), torch.ones_like(mine.sum(axis)))
    return "softmax" if probable and _alike(mine, logs.exp()) else "other"


def _watched(graph: Graph, tensors: Any, inputs: Any, nodes: set[int]) -> dict[int, Any]:
    """Return what went into and came out of the nodes named, and the output under -1."""
    torch = library()
    seen: dict[int, Any] = {}

    def watch(number: int, node: Node, args: Sequence[Any], out: Any) -> Any:
        if number in nodes:
            into = next(a for a in args if isinstance(a, torch.Tensor))
            into = args[1] if node.base == "addmm" else into
            result = out[0] if node.many else out
            seen[number] = (into.clone(), result.clone())
        return out

    seen[-1] = execute(graph, tensors, inputs, watch)[0]
    return seen


def _alike(a: Any, b: Any) -> bool:
    """Tell whether two tensors agree; single places and flat rows are the same shape."""
    if a.shape != b.shape:
        if a.numel() != b.numel() or a.squeeze().shape != b.squeeze().shape:
            return False
        a, b = a.squeeze(), b.squeeze()
    if not a.is_floating_point():
        return bool((a == b).all())
    scale = float(b.abs().max()) if b.numel() else 0.0
    return bool(((a - b).abs() <= TOLERANCE * max(scale, 1e-6)).all())


def _place(one: Graph, two: Graph, paired: Fit, told: dict[str, Any]) -> Difference | None:
    if told["outputs"] in ("same", "log"):
        return None
    ends = [-1, -1]
    for (mine, wanted), (into, out) in zip(paired.pairs, told["pairs"], strict=True):
        before = _layer(one, mine)
        if not into:
            return _between(one, two, (ends[0], mine.node), (ends[1], wanted.node))
        if not out:
            other = _layer(two, wanted)
            return Difference("numbers", before, before, numbers=_numbers(before, other))
        ends = [max(ends[0], mine.node), max(ends[1], wanted.node)]
    if told["outputs"] == "softmax":
        return Difference("probabilities", extra=("softmax",))
    nodes = len(one.nodes), len(two.nodes)
    found = _between(one, two, (ends[0], nodes[0]), (ends[1], nodes[1]))
    return Difference("output", found.before, None, found.missing, found.extra)


def _between(one: Graph, two: Graph, mine: tuple[int, int], wanted: tuple[int, int]) -> Difference:
    ours, theirs = _kinds(one, mine), _kinds(two, wanted)
    before = next((x for x in one.layers if x.node == mine[0]), None)
    after = next((x for x in one.layers if x.node == mine[1]), None)
    missing, extra = Counter(theirs) - Counter(ours), Counter(ours) - Counter(theirs)
    whole = [Counter(_kinds(graph, (-1, len(graph.nodes)))) for graph in (one, two)]
    moved = bool(missing) and not extra and all(whole[0][k] == whole[1][k] for k in missing)
    parts = tuple(missing.elements()), tuple(extra.elements())
    return Difference("between", before, after, *parts, moved=moved)


def _kinds(graph: Graph, span: tuple[int, int]) -> list[str]:
    inside = [layer for layer in graph.layers if span[0] < layer.node < span[1]]
    return [x.kind for x in inside if x.kind != "dropout" or x["active"]]


def _layer(graph: Graph, slot: Slot) -> Layer | None:
    return next((layer for layer in graph.layers if layer.node == slot.node), None)


def _numbers(mine: Layer | None, wanted: Layer | None) -> dict[str, tuple[Any, Any]]:
    if mine is None or wanted is None:
        return {}
    both = [n for n in NUMBERS if n in mine.numbers and n in wanted.numbers]
    return {n: (mine[n], wanted[n]) for n in both if mine[n] != wanted[n]}
