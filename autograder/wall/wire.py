"""The safe encoding: values as JSON plus raw npy bytes; no pickle, no eval.

A message is `GDW1`, the header's length (4 bytes, big-endian), the header, then the blobs.
The header is JSON: `{"body": ..., "blobs": [sizes]}`. Scalars and lists stand for themselves
in the body; everything else is an object tagged by its key `!`:

    tuple dict float complex bytes array scalar objects tensor fraction formula matrix ref

Whatever cannot be sent (a function, a model, a set) stays where it is and crosses as a
`ref`, a numbered handle. Everything that arrives is a claim: sizes are checked before
memory is taken, and a message that breaks a rule raises `WireError`.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from typing import Any

from autograder.wall.decode import decode
from autograder.wall.encode import Encoder
from autograder.wall.values import (
    BLOB_LIMIT,
    BLOBS_LIMIT,
    TOTAL_LIMIT,
    Formula,
    FormulaMatrix,
    Keep,
    Rebuild,
    Resolve,
    Tensor,
    WireError,
)

__all__ = [
    "Formula",
    "FormulaMatrix",
    "Keep",
    "Tensor",
    "WireError",
    "decode",
    "pack",
    "read",
    "refuse",
    "unpack",
]

MAGIC = b"GDW1"
HEADER_LIMIT = 8 << 20


def refuse(value: Any) -> dict[str, Any]:
    """Refuse to keep: for the side that holds no handles."""
    raise WireError(f"a {type(value).__name__} cannot be sent")


def pack(value: Any, keep: Keep = refuse) -> bytes:
    """Encode one message; `keep(value)` gives the `ref` of what cannot be sent.

    Raises WireError when the value is too large, too deep or not to be kept.
    """
    encoder = Encoder(keep, [], [0])
    body = encoder.value(value)
    sizes = [len(blob) for blob in encoder.blobs]
    header = json.dumps({"body": body, "blobs": sizes}, allow_nan=False, ensure_ascii=True)
    if len(header) > HEADER_LIMIT:
        raise WireError("a value is too large to send")
    return b"".join([MAGIC, struct.pack(">I", len(header)), header.encode(), *encoder.blobs])


def read(take: Callable[[int], bytes]) -> tuple[Any, list[bytes]]:
    """Read one message's raw body and blobs; `take(n)` returns exactly n bytes."""
    if take(4) != MAGIC:
        raise WireError("not a message")
    (size,) = struct.unpack(">I", take(4))
    if size > HEADER_LIMIT:
        raise WireError("the header is too long")
    header = _header(take(size))
    sizes = header["blobs"]
    if not isinstance(sizes, list) or len(sizes) > BLOBS_LIMIT:
        raise WireError("the blobs are not a short list")
    if not all(type(n) is int and 0 <= n <= BLOB_LIMIT for n in sizes) or sum(sizes) > TOTAL_LIMIT:
        raise WireError("a blob is too large")
    return header["body"], [take(n) for n in sizes]


def _header(raw: bytes) -> dict[str, Any]:
    try:
        header = json.loads(raw.decode("ascii"), parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise WireError("the header is not JSON") from error
    if not isinstance(header, dict) or set(header) != {"body", "blobs"}:
        raise WireError("the header has the wrong keys")
    return header


def _constant(name: str) -> Any:
    raise ValueError(name)


def unpack(data: bytes, resolve: Resolve | None = None, rebuild: Rebuild | None = None) -> Any:
    """Decode one whole message held in memory.

    `resolve(ref)` turns a handle's data into an object, `rebuild` a formula or tensor into one.
    """
    stream = io.BytesIO(data)

    def take(n: int) -> bytes:
        part = stream.read(n)
        if len(part) != n:
            raise WireError("the message is cut short")
        return part

    body, blobs = read(take)
    if stream.read(1):
        raise WireError("the message is too long")
    return decode(body, blobs, resolve, rebuild)
