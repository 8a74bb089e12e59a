"""The layers of a graph, found from its operations: however a student named or wrapped them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.models.graph import Graph, Node, Value, Weight
from autograder.models.operations import Kind, draws

GLOBAL = "global_average"


@dataclass(frozen=True)
class Layer:
    """One layer: `kind` is "conv", "linear", "batch_norm", "group_norm", "layer_norm",
    "max_pool", "avg_pool", "global_average", "global_max", "dropout", "add", "mul", "concat",
    "matmul", "attention", "embedding", "lstm", or an activation by its name ("relu", "softmax").

    `size_in` and `size_out` are shapes without the batch; `numbers` holds kernel, stride,
    padding, dilation (each (height, width)), groups, in, out, bias, p, active, as they apply.
    `sources` are the layers whose output it reads, by their place in `Graph.layers`, -1 for
    the input; `node` is its operation, `name` the registered name of its weights.
    """

    kind: str
    node: int
    size_in: tuple[int, ...]
    size_out: tuple[int, ...]
    sources: tuple[int, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    where: str = ""

    def __getitem__(self, key: str) -> Any:
        return self.numbers[key]


def find_layers(graph: Graph) -> tuple[Layer, ...]:
    """Return the layers in the order in which they run; shape changes are no layers."""
    found: list[Layer] = []
    behind: dict[int, frozenset[int]] = {index: frozenset({-1}) for index in graph.inputs}
    for number, node in enumerate(graph.nodes):
        values = [leaf.index for leaf in node.sources if isinstance(leaf, Value)]
        before = frozenset().union(*(behind.get(v, frozenset()) for v in values))
        layer = _layer(graph, number, node, tuple(sorted(before))) if before else None
        if layer is not None:
            found.append(layer)
            before = frozenset({len(found) - 1})
        for out in node.outs:
            behind[out] = before
    return tuple(found)


def _layer(graph: Graph, number: int, node: Node, sources: tuple[int, ...]) -> Layer | None:
    base = node.base.rstrip("_")
    told = _describe(graph, node, base)
    if told is None:
        return None
    kind, numbers = told
    first = next(leaf for leaf in node.sources if isinstance(leaf, Value))
    weights = [leaf for leaf in node.sources if isinstance(leaf, Weight)]
    names = [graph.tensors[w.index].name for w in weights if graph.tensors[w.index].name]
    return Layer(
        kind,
        number,
        graph.sizes[first.index][1:],
        graph.sizes[node.outs[0]][1:],
        sources,
        numbers,
        names[0].rpartition(".")[0] if names else "",
        node.where,
    )


def _describe(graph: Graph, node: Node, base: str) -> tuple[str, dict[str, Any]] | None:
    kind = node.kind
    if base.startswith("conv"):
        return _conv(graph, node, base)
    if base in ("linear", "addmm") and (weight := _weight(graph, node, base)) is not None:
        return "linear", weight
    if kind is Kind.NORM:
        return _norm(graph, node, base)
    if kind is Kind.POOL:
        return _pool(graph, node, base)
    if kind is Kind.DROPOUT:
        rate = node.args[1] if len(node.args) > 1 else 0.0
        if rate == 0:
            return None  # it drops nothing, in training either
        name = "dropout" if base in ("dropout", "native_dropout") else base
        return name, {"p": rate, "active": draws(node.op, node.args, node.kwargs)}
    if kind is Kind.ACTIVATION:
        return base.lstrip("_"), _axis(node, base)
    if base in ("mean", "sum", "amax") and (pooled := _reduced(graph, node, base)):
        return pooled, {}
    return _joining(graph, node, base)


def _axis(node: Node, base: str) -> dict[str, Any]:
    if base.lstrip("_") in ("softmax", "log_softmax"):
        return {"axis": node.args[1] if len(node.args) > 1 else node.kwargs.get("dim")}
    return {}


def _joining(graph: Graph, node: Node, base: str) -> tuple[str, dict[str, Any]] | None:
    values = [leaf for leaf in node.sources if isinstance(leaf, Value)]
    fed = [v for v in values if v.index in graph.fed]
    if base in ("add", "sub", "mul", "div") and len(fed) == 2:
        return base, {}
    if base in ("cat", "concat", "concatenate", "stack"):
        return "concat", {}
    if base == "scaled_dot_product_attention":
        return "attention", {}
    if base in ("matmul", "bmm", "mm", "einsum", "baddbmm") and fed:
        return "matmul", {}
    if base in ("lstm", "gru", "rnn_tanh", "rnn_relu", "embedding", "bilinear"):
        return base, {}
    return None


def _conv(graph: Graph, node: Node, base: str) -> tuple[str, dict[str, Any]] | None:
    weight = node.args[1]
    if not isinstance(weight, Weight):
        return "matmul", {}
    shape = graph.tensors[weight.index].shape
    axes = len(shape) - 2
    transposed = "transpose" in base or (base == "convolution" and node.args[6] is True)
    places = {"stride": 3, "padding": 4, "dilation": 7 if "transpose" in base else 5}
    groups = _at(node, 8 if base == "convolution" else 6, "groups", 1)
    numbers: dict[str, Any] = {
        "kernel": shape[2:],
        "groups": groups,
        "bias": len(node.args) > 2 and isinstance(node.args[2], Weight),
    }
    for name, place in places.items():
        default = 0 if name == "padding" else 1
        numbers[name] = _pair(_at(node, place, name, default), axes)
    if numbers["padding"] == ("same",):
        reach = zip(shape[2:], numbers["dilation"], strict=True)
        numbers["padding"] = tuple(d * (k - 1) // 2 for k, d in reach)
    elif numbers["padding"] == ("valid",):
        numbers["padding"] = (0,) * axes
    ins, outs = shape[1] * groups, shape[0]
    numbers |= (
        {"in": shape[0], "out": shape[1] * groups} if transposed else {"in": ins, "out": outs}
    )
    return "conv_transpose" if transposed else "conv", numbers


def _weight(graph: Graph, node: Node, base: str) -> dict[str, Any] | None:
    place = 1 if base == "linear" else 2
    weight = node.args[place] if len(node.args) > place else None
    if not isinstance(weight, Weight):
        return None
    shape = graph.tensors[weight.index].shape
    outs, ins = shape if base == "linear" else shape[::-1]
    bias = base == "addmm" or (len(node.args) > 2 and isinstance(node.args[2], Weight))
    return {"in": ins, "out": outs, "bias": bias}


def _norm(graph: Graph, node: Node, base: str) -> tuple[str, dict[str, Any]]:
    kind = next((k for k in ("batch_norm", "layer_norm", "group_norm") if k in base), base)
    affine = any(isinstance(arg, Weight) for arg in node.args[1:3])
    numbers: dict[str, Any] = {"affine": affine or kind != "batch_norm"}
    if kind == "batch_norm":
        running = len(node.args) > 3 and node.args[3] is not None
        numbers |= {"batch_statistics": _at(node, 5, "training", False) is True or not running}
        numbers |= {"eps": _at(node, 7, "eps", 1e-5), "momentum": _at(node, 6, "momentum", 0.1)}
    if kind == "group_norm":
        numbers |= {"groups": node.args[1]}
    if kind == "layer_norm":
        numbers |= {"over": tuple(node.args[1])}
    return kind, numbers


def _pool(graph: Graph, node: Node, base: str) -> tuple[str, dict[str, Any]]:
    size_in = graph.sizes[_first(node)][2:]
    size_out = graph.sizes[node.outs[0]][2:]
    average = "avg" in base
    if set(size_out) == {1} and set(size_in) != {1}:
        kernel = size_in if "adaptive" in base else _pair(node.args[1], len(size_in))
        if kernel == size_in or "adaptive" in base:
            return (GLOBAL if average else "global_max"), {"kernel": size_in, "stride": size_in}
    name = "avg_pool" if average else "max_pool"
    if "adaptive" in base:
        steps = tuple(i // o for i, o in zip(size_in, size_out, strict=True))
        return name, {"kernel": steps, "stride": steps, "padding": (0,) * len(steps)}
    axes = len(size_in)
    kernel = _pair(node.args[1], axes)
    stride = _pair(_at(node, 2, "stride", None) or kernel, axes)
    return name, {
        "kernel": kernel,
        "stride": stride,
        "padding": _pair(_at(node, 3, "padding", 0), axes),
    }


def _reduced(graph: Graph, node: Node, base: str) -> str:
    """Return how a reduction pools a whole map, or nothing when it does something else."""
    size = graph.sizes[_first(node)]
    dims = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim")
    axes = {d % len(size) for d in dims} if isinstance(dims, tuple) else set()
    if len(size) < 3 or axes != set(range(2, len(size))):
        return ""
    return {"mean": GLOBAL, "sum": "global_sum", "amax": "global_max"}[base]


def _first(node: Node) -> int:
    return next(leaf.index for leaf in node.sources if isinstance(leaf, Value))


def _at(node: Node, place: int, name: str, default: Any) -> Any:
    return node.args[place] if len(node.args) > place else node.kwargs.get(name, default)


def _pair(value: Any, axes: int) -> tuple[Any, ...]:
    """Return (height, width) of a number, a short list or a list; a word stays alone."""
    if isinstance(value, str):
        return (value,)
    parts = tuple(value) if isinstance(value, Sequence) else (value,)
    return parts * axes if len(parts) == 1 else parts
