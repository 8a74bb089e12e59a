"""Read a worker's recording into a `Graph`; whatever breaks a rule is a ModelFailure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograder.models.graph import (
    AXES_LIMIT,
    DTYPES,
    NODES_LIMIT,
    NUMBERS_LIMIT,
    TENSORS_LIMIT,
    Fetch,
    Graph,
    ModelFailure,
    Multiple,
    Node,
    Tensor,
    Value,
    Weight,
    Word,
)
from autograder.models.operations import Refused, resolve
from autograder.report import clean

UNWRITABLE = "the forward pass cannot be written down"
DEPTH_LIMIT = 4
FORMATS = ("contiguous_format", "preserve_format", "channels_last", "channels_last_3d")
WORDS = {"dtype": DTYPES, "layout": ("strided",), "memory_format": FORMATS}
LIST_LIMIT = 4096
BATCH_LIMIT = 4096


class _Broken(Exception):
    """A part of the claim has the wrong form."""


def read_graph(
    claim: Any,
    fetch: Fetch,
    shapes: Sequence[Sequence[int]],
    dtypes: Sequence[str],
    training: bool,
) -> Graph:
    """Return the graph that a recording claims; raises ModelFailure.

    An operation outside the list is refused by its name, a recording that the worker itself
    gave up is refused with its reason.
    """
    if isinstance(claim, dict) and isinstance(claim.get("refused"), str):
        reason = clean(claim["refused"], 300)
        hint = "compute the output with tensor operations alone, the same ones for every input"
        raise ModelFailure(f"{UNWRITABLE}: {reason}", hint)
    try:
        return _read(claim, fetch, shapes, dtypes, training)
    except (_Broken, KeyError, TypeError, ValueError, RecursionError):
        raise ModelFailure("the model's recording cannot be read") from None


def _read(
    claim: Any,
    fetch: Fetch,
    shapes: Sequence[Sequence[int]],
    dtypes: Sequence[str],
    training: bool,
) -> Graph:
    tensors = tuple(_tensor(item) for item in _list(claim["tensors"], TENSORS_LIMIT))
    numbers = sum(tensor.size for tensor in tensors)
    if numbers > NUMBERS_LIMIT:
        most = f"at most {NUMBERS_LIMIT:,} are judged"
        raise ModelFailure(f"the model holds {numbers:,} numbers; {most}")
    known: set[int] = set()
    inputs = tuple(_count(n) for n in _list(claim["inputs"], 16))
    known.update(inputs)
    nodes = []
    for item in _list(claim["nodes"], NODES_LIMIT):
        node = _node(item, known, len(tensors))
        known.update(out for out in node.outs if out >= 0)
        nodes.append(node)
    outputs = tuple(_arg(item, known, len(tensors)) for item in _list(claim["outputs"], 64))
    if not outputs or not all(isinstance(out, (Value, Weight)) for out in outputs):
        raise _Broken
    if len(inputs) != len(shapes) or len(set(inputs)) != len(inputs):
        raise _Broken
    if _count(claim["batch"]) > BATCH_LIMIT:
        raise _Broken
    return Graph(
        nodes=tuple(nodes),
        tensors=tensors,
        inputs=inputs,
        outputs=outputs,
        shapes=tuple(tuple(shape) for shape in shapes),
        dtypes=tuple(dtypes),
        batch=_count(claim["batch"]),
        training=training,
        fetch=fetch,
    )


def _tensor(item: Any) -> Tensor:
    shape = tuple(_count(n) for n in _list(item["shape"], AXES_LIMIT))
    dtype, role = item["dtype"], item["role"]
    if dtype not in DTYPES:
        raise ModelFailure(f"the model holds a tensor of {clean(str(dtype), 30)} numbers")
    if role not in ("parameter", "buffer", "constant") or type(item["trainable"]) is not bool:
        raise _Broken
    return Tensor(shape, dtype, clean(_text(item["name"]), 200), role, item["trainable"])


def _node(item: Any, known: set[int], tensors: int) -> Node:
    op, where = _text(item["op"]), clean(_text(item["where"]), 200)
    try:
        resolve(op)
    except Refused as error:
        hint = "use operations of torch.nn and torch.nn.functional"
        raise ModelFailure(str(error), hint, where) from None
    if not isinstance(item["kwargs"], dict) or type(item["many"]) is not bool:
        raise _Broken
    outs = tuple(n if n == -1 else _count(n) for n in _list(item["outs"], LIST_LIMIT))
    return Node(
        op,
        tuple(_arg(arg, known, tensors) for arg in _list(item["args"], 64)),
        {_text(key): _arg(arg, known, tensors) for key, arg in item["kwargs"].items()},
        outs,
        item["many"],
        where,
    )


def _arg(item: Any, known: set[int], tensors: int, depth: int = 0) -> Any:
    if item is None or isinstance(item, (bool, int, float)):
        return item
    if isinstance(item, str):
        return item[:400]
    if isinstance(item, list) and depth < DEPTH_LIMIT:
        return tuple(_arg(part, known, tensors, depth + 1) for part in _list(item, LIST_LIMIT))
    if not isinstance(item, dict) or len(item) != 1:
        raise _Broken
    ((key, value),) = item.items()
    if key == "v" and _count(value) in known:
        return Value(value)
    if key == "t" and _count(value) < tensors:
        return Weight(value)
    if key == "b":
        return Multiple(_count(value))
    if key == "device":
        return Word("device", "")
    if key in WORDS and value in WORDS[key]:
        return Word(key, value)
    raise _Broken


def _list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise _Broken
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Broken
    return value


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise _Broken
    return value
