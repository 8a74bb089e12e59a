"""Blocks of base64 and hexadecimal in a text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

SHORTEST = 80
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{64,}={0,2}")
_BASE64_LINE = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_QUOTED = re.compile(r"^\s*\(?b?[\"']|(?:\\n)?[\"'][),]*\s*$")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){60,}")


def decoded(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield (words, bytes) of what a block stands for, in one line or broken over many."""
    blocks = [found[0] for found in _BASE64.finditer(text)]
    blocks += _broken_blocks(text)
    for block in dict.fromkeys(blocks):
        if (data := _decoded(block)) is not None:
            yield "decoded from base64, ", data
    for found in _HEX.finditer(text):
        yield "decoded from hexadecimal, ", bytes.fromhex(found[0])


def _broken_blocks(text: str) -> Iterator[str]:
    """Yield the base64 of lines that follow each other, quoted or not."""
    run: list[str] = []
    for line in [*text.splitlines(), ""]:
        bare = _QUOTED.sub("", line).strip() if len(line) < 4000 else ""
        if _BASE64_LINE.fullmatch(bare):
            run.append(bare)
        elif run:
            if len(run) > 1 and sum(map(len, run)) >= SHORTEST:
                yield "".join(run)
            run = []


def _decoded(block: str) -> bytes | None:
    plain = block.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
