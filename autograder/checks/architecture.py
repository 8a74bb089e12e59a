"""`same_function(net, want)`: a student's network computes what the solution's does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.checks.failure import CheckFailed
from autograder.checks.graph import judged
from autograder.models.compare import Difference, compare
from autograder.models.graph import Graph
from autograder.models.layers import Layer
from autograder.report import Finding

NAMES: Mapping[str, str] = {
    "conv": "convolution",
    "conv2d": "convolution",
    "conv_transpose": "transposed convolution",
    "batch_norm": "batch norm",
    "layer_norm": "layer norm",
    "group_norm": "group norm",
    "linear": "linear layer",
    "max_pool": "max pooling",
    "avg_pool": "average pooling",
    "global_average": "global average pooling",
    "global_max": "global max pooling",
    "relu": "ReLU",
    "add": "addition (a shortcut)",
    "mul": "product of two maps",
    "concat": "concatenation",
    "log_softmax": "log-softmax",
    "matmul": "matrix product",
}


def same_function(
    net: Graph, want: Graph, mistakes: Mapping[str, Graph] | None = None, name: str = "the network"
) -> None:
    """Fail unless `net` computes the function of `want`, whatever the names and the weights.

    Both get the same random weights in the order in which they act. A log-softmax at the end
    is accepted. `mistakes` maps a hint to the graph that this misconception gives. The message
    names the first place where the two part. Raises CheckFailed.
    """
    with judged():
        found = compare(net, want)
        if found is None:
            return
        for hint, wrong in (mistakes or {}).items():
            if compare(net, wrong) is None:
                raise CheckFailed(Finding("value", says(found, name), hint, where=where(found)))
    raise CheckFailed(Finding("value", says(found, name), advice(found), where=where(found)))


def where(found: Difference) -> str:
    layer = found.after or found.before
    return layer.where if layer is not None else ""


def says(found: Difference, name: str) -> str:
    """Return what differs as a sentence."""
    place = _place(found)
    if found.kind == "probabilities":
        return f"{name} ends with a softmax"
    if found.kind == "numbers":
        told = [f"{key} {_shown(a)}, {_shown(b)} was wanted" for key, (a, b) in _items(found)]
        return f"{place}: {'; '.join(told)}" if told else f"{place} computes something else"
    if found.kind == "weights" and found.numbers:
        told = [f"{_shown(a)}, {_shown(b)} was wanted" for _, (a, b) in _items(found)]
        return f"{place}: weights of shape {told[0]}"
    parts = [f"there is no {listed(found.missing)}"] if found.missing else []
    parts += [f"there is a {listed(found.extra)} that does not belong there"] if found.extra else []
    return f"{place} {' and '.join(parts) or 'the same layers stand in another order'}"


def advice(found: Difference) -> str:
    """Return what to do about a difference."""
    if found.kind == "probabilities":
        return "return the logits: cross-entropy applies the softmax itself"
    if found.kind == "numbers":
        return "set " + " and ".join(found.numbers) if found.numbers else "compare its arguments"
    if found.kind == "weights" and found.numbers:
        return "check the numbers of channels, the size of the kernel and the padding before it"
    if found.moved and found.after is not None:
        kind = NAMES.get(found.after.kind, found.after.kind)
        return f"the {listed(found.missing)} belongs before the {kind}, not after it"
    if found.missing and found.extra:
        return f"use a {listed(found.missing)} in place of the {listed(found.extra)}"
    if found.missing:
        return f"add the {listed(found.missing)}"
    if found.extra:
        return f"take the {listed(found.extra)} away"
    return "compare the order of the layers with the handout"


def _items(found: Difference) -> list[tuple[str, tuple[Any, Any]]]:
    return list(found.numbers.items())


def _place(found: Difference) -> str:
    if found.kind in ("numbers", "weights") and found.after is not None:
        return _named(found.after)
    if found.before is None:
        return f"before {_named(found.after)}" if found.after else "at the start"
    if found.after is None:
        return f"after {_named(found.before)}"
    return f"between {_named(found.before)} and {_named(found.after)}"


def _named(layer: Layer | None) -> str:
    if layer is None:
        return "the end"
    kind = NAMES.get(layer.kind, layer.kind)
    return f"the {kind} {layer.name}".rstrip()


def listed(kinds: tuple[str, ...]) -> str:
    return " and a ".join(dict.fromkeys(NAMES.get(kind, kind) for kind in kinds))


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return f"{value[0]}" if len(set(value)) == 1 else " x ".join(map(str, value))
    return str(value)
