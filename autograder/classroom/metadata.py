"""Read `submission_metadata.yml` of a Gradescope export: who handed in what, and when.

This is no YAML reader. It knows the one dialect that Gradescope writes: block maps and lists
with Ruby's symbols (`:name:`) as keys. What it does not need, results and history, it passes
over by their indentation; what it needs and does not understand it refuses.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.classroom.found import Claim, IntakeError
from autograder.classroom.names import tidy

FILE = "submission_metadata.yml"
MOST = 100_000

_KEY = re.compile(
    r"""(?P<key>:?(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*")|[^\s'"#&*!|>%@`,{}\[\]-][^#]*?)"""
    r""":(?:[ ]+(?P<rest>.*))?"""
)
_SINGLE = re.compile(r"'((?:[^']|'')*)'[ ]*(?:[ ]#.*)?", re.DOTALL)
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"[ ]*(?:[ ]#.*)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "e": "\x1b", "a": "\a", "b": "\b"}
_NAMED |= {"v": "\v", "f": "\f", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}
_PROPERTY = re.compile(r"(?:!\S*|&\S+)(?:[ ]+|$)")
_IDS = {"sid": "sid", "email": "email"}


@dataclass(frozen=True)
class Upload:
    """One submission of the export: its folder, who handed it in, the time as it is written."""

    folder: str
    submitters: tuple[Claim, ...]
    created: str


class _Lines:
    """The lines that say something, one at a time: the file may be large, what counts is not."""

    def __init__(self, text: str) -> None:
        self.anchors: dict[str, str] = {}
        self.number, self.depth, self.text = 0, -1, ""
        self._rest = _telling(text)
        self.step()

    def step(self) -> str:
        """Go to the next line; return the text of the one before. At the end the depth is -1."""
        before = self.text
        self.number, self.depth, self.text = next(self._rest, (self.number, -1, ""))
        return before

    def wrong(self, what: str) -> IntakeError:
        return IntakeError(
            f"{FILE} cannot be read: line {self.number} {what}. "
            "Download the submissions from Gradescope again and give them as they are."
        )


def read_metadata(text: str) -> tuple[Upload, ...]:
    """Return what a `submission_metadata.yml` says; raises IntakeError, and nothing else."""
    lines = _Lines(text)
    uploads: dict[str, Upload] = {}
    while lines.depth >= 0:
        if lines.depth:
            raise lines.wrong("is indented where a submission should begin")
        folder, rest = _key(lines)
        if _bare(rest) not in ("", "{}"):
            raise lines.wrong("has a value where the data of a submission should follow")
        if folder in uploads or len(uploads) == MOST:
            raise lines.wrong("names a submission twice, or one too many")
        uploads[folder] = _upload(lines, folder)
    return tuple(uploads.values())


def _telling(text: str) -> Iterator[tuple[int, int, str]]:
    for number, line in enumerate(io.StringIO(text.lstrip("\ufeff"), newline="\n"), 1):
        bare = line.strip(" \r\n")
        depth = len(line) - len(line.lstrip(" "))
        start = depth == 0 and (bare in ("---", "...", "{}") or bare.startswith(("--- ", "%")))
        if bare.strip() and not start and not (bare.startswith("#") and depth == 0):
            yield number, depth, bare


def _key(lines: _Lines) -> tuple[str, str]:
    """Return the key that stands on the next line, and what follows it there."""
    match = _KEY.fullmatch(lines.text)
    if match is None:
        raise lines.wrong("is not of the form `key: value`")
    key = match["key"].strip()
    name = key if key[:1] not in "'\"" else _scalar(lines, key)
    lines.step()
    return name, (match["rest"] or "").strip()


def _upload(lines: _Lines, folder: str) -> Upload:
    submitters: tuple[Claim, ...] = ()
    created, depth = "", lines.depth
    while lines.depth == depth and depth > 0:
        name, rest = _key(lines)
        if name.lstrip(":") == "submitters":
            submitters = tuple(_submitters(lines, rest, depth))
        elif name.lstrip(":") == "created_at":
            created = tidy(_value(lines, rest, depth))
        else:
            _pass_over(lines, depth)
    if lines.depth > 0:
        raise lines.wrong("has an indentation that fits nothing above it")
    return Upload(folder, submitters, created)


def _pass_over(lines: _Lines, depth: int) -> list[str]:
    """Pass over what belongs to a key at this depth, lists beside it included; return it."""
    passed: list[str] = []
    while lines.depth > depth or (lines.depth == depth and _is_item(lines)):
        passed.append(lines.step())
    return passed


def _is_item(lines: _Lines) -> bool:
    return lines.text == "-" or lines.text.startswith("- ")


def _bare(text: str) -> str:
    """Return what follows the tags and anchors at the start of a value."""
    while match := _PROPERTY.match(text):
        text = text[match.end() :]
    return text


def _submitters(lines: _Lines, rest: str, depth: int) -> Iterator[Claim]:
    if rest in ("[]", "~", "null"):
        return
    if _bare(rest):
        raise lines.wrong("does not list submitters as Gradescope does")
    dash = lines.depth
    while lines.depth == dash >= depth and _is_item(lines):
        if inner := _bare(lines.text[1:].lstrip(" ")):
            # The first key stands beside the dash: put it where the others are.
            lines.depth, lines.text = dash + len(lines.text) - len(inner), inner
        else:
            lines.step()
        if lines.depth <= dash:
            raise lines.wrong("does not say who a submitter is")
        yield _submitter(lines, lines.depth)


def _submitter(lines: _Lines, depth: int) -> Claim:
    fields: dict[str, str] = {}
    while lines.depth == depth and not _is_item(lines):
        name, rest = _key(lines)
        if name.lstrip(":") in ("name", *_IDS):
            fields[name.lstrip(":")] = tidy(_value(lines, rest, depth))
        else:
            _pass_over(lines, depth)
    ids = tuple((kind, fields[name]) for name, kind in _IDS.items() if fields.get(name))
    return Claim(fields.get("name", ""), ids)


def _value(lines: _Lines, rest: str, depth: int) -> str:
    """Return the text that a key has as its value, on its line and on those below."""
    anchors = re.findall(r"&(\S+)", rest[: len(rest) - len(_bare(rest))])
    rest = _bare(rest)
    if re.fullmatch(r"[|>][-+0-9]*", rest):
        value = " ".join(_pass_over(lines, depth))
    else:
        parts = [rest]
        while lines.depth > depth:
            parts.append(lines.step())
        value = _scalar(lines, " ".join(parts))
    lines.anchors |= dict.fromkeys(anchors, value)
    return value


def _scalar(lines: _Lines, text: str) -> str:
    if text.startswith("*"):
        if text[1:] not in lines.anchors:
            raise lines.wrong("refers to something that was passed over")
        return lines.anchors[text[1:]]
    if text.startswith("'") and (match := _SINGLE.fullmatch(text)):
        return match[1].replace("''", "'")
    if text.startswith('"') and (match := _DOUBLE.fullmatch(text)):
        return _ESCAPE.sub(lambda found: _character(lines, found[1]), match[1])
    if text[:1] in tuple("'\"[{&!|>%@`") and text:
        raise lines.wrong("has a value of a kind that is not read here")
    plain = re.split(r"(?:^|[ ])#", text, maxsplit=1)[0].strip()
    return "" if plain in ("~", "null", "Null", "NULL") else plain


def _character(lines: _Lines, code: str) -> str:
    if len(code) == 1:
        return _NAMED.get(code, code)
    point = int(code[1:], 16)
    if point > 0x10FFFF:
        raise lines.wrong("names a character that does not exist")
    return chr(point)
