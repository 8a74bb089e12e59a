"""Blocks of base64, base32, base85 and hexadecimal in a text."""

from __future__ import annotations

import base64
import binascii
import re
import struct
import zlib
from collections.abc import Callable, Iterator

from autograder.leaks.piece import ROOM
from autograder.leaks.streams import CHANCE, starts_closed, unpack

SHORTEST = 80
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{64,}={0,2}")
_BASE64_LINE = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_BASE32 = re.compile(r"(?:[A-Z2-7]+|[a-z2-7]+)={0,6}")
# The alphabet of Python's base85 and that of Adobe's, which has quotes and backslashes in it.
_BASE85 = re.compile(r"[0-9A-Za-z!#$%&()*+\-;<=>?@^_`{|}~]{80,}")
_ASCII85 = re.compile(r"[!-uz]{80,}")
_BASE85_LINE = re.compile(r"[!-~]{40,}")
_QUOTED = re.compile(r"^\s*\(?b?[\"']|(?:\\n)?[\"'][),]*\s*$")
_ESCAPE = re.compile(r"\\([\\'\"])")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){60,}")
# What a block of base85 must decode to: letters, or something packed. Anything long decodes.
_LETTER = re.compile(rb"[\t\n\r\x20-\x7e]")
_LETTERS, _DISTINCT, _SAMPLE = 0.9, 12, 500


def decoded(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield (words, bytes) of what a block stands for, in one line or broken over many."""
    blocks = [found[0] for found in _BASE64.finditer(text)]
    bare = [_bare(line) for line in text.splitlines()]
    blocks += _broken_blocks(bare, _BASE64_LINE)
    for block in dict.fromkeys(blocks):
        if (data := _decoded(block)) is not None:
            yield "decoded from base64, ", data
        if _BASE32.fullmatch(block) and (data := _from32(block)) is not None:
            yield "decoded from base32, ", data
    for found in _HEX.finditer(text):
        yield "decoded from hexadecimal, ", bytes.fromhex(found[0])
    for data in _dense([text, *_broken_blocks(bare, _BASE85_LINE)]):
        yield "decoded from base85, ", data


def _bare(line: str) -> str:
    """Return a line without its quotes; nothing for a line that is no part of a block."""
    if not 16 <= len(line) < 4000:
        return ""
    line = _QUOTED.sub("", line).strip() if '"' in line or "'" in line else line.strip()
    return "" if " " in line else line


def _broken_blocks(lines: list[str], of_line: re.Pattern[str]) -> Iterator[str]:
    """Yield the block of lines that follow each other, quoted or not."""
    run: list[str] = []
    for line in [*lines, ""]:
        if of_line.fullmatch(line):
            run.append(line)
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


def _from32(block: str) -> bytes | None:
    plain = block.rstrip("=").upper()
    try:
        return base64.b32decode(plain + "=" * (-len(plain) % 8))
    except (binascii.Error, ValueError):
        return None


def _dense(texts: list[str]) -> Iterator[bytes]:
    """Yield what the blocks of base85 in some texts stand for, each once."""
    seen = set[str]()
    for text in texts:
        for block, decode in (
            *((found[0], base64.b85decode) for found in _BASE85.finditer(text)),
            *((_ESCAPE.sub(r"\1", f[0]), base64.a85decode) for f in _ASCII85.finditer(text)),
        ):
            # Nearly all bytes are some base85: what is base64 was taken as that.
            if block in seen or len(set(block)) < _DISTINCT or _BASE64.fullmatch(block):
                continue
            for first in range(5):  # what stands before a block may be of its letters too
                if _tells(_groups(block[first : first + _SAMPLE], decode)):
                    seen.add(block)
                    yield _groups(block[first:], decode)
                    break


def _groups(block: str, decode: Callable[[str], bytes]) -> bytes:
    """Decode a block stretch by stretch: what is not of it stops only its own stretch."""
    parts = []
    for start in range(0, len(block), _SAMPLE):
        try:
            parts.append(decode(block[start : start + _SAMPLE]))
        except (ValueError, struct.error):
            continue
    return b"".join(parts)


def _tells(data: bytes) -> bool:
    if data.startswith(b"\x78") and len(unpack(zlib.decompressobj, data, ROOM)[0]) > CHANCE:
        return True
    return starts_closed(data) or (
        len(data) > 40 and len(_LETTER.findall(data)) > _LETTERS * len(data)
    )
