"""The keys of `assignment.toml`: which may stand where, of which type, and on which line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from autograder.policy import LEADERBOARD, VISIBILITY

# A place in the file: ("question", 1, "points") is the key points of the second [[question]].
Place = tuple[str | int, ...]
LARGEST = 1e9


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong at one place of the file, in words for an instructor."""

    place: Place
    says: str


@dataclass(frozen=True)
class Key:
    """What one key must hold: `wanted` in words, `fits` as a test."""

    wanted: str
    fits: Callable[[object], bool]
    required: bool = False


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: object) -> bool:
    whole_or_real = isinstance(value, (int, float)) and not isinstance(value, bool)
    return whole_or_real and 0 < value <= LARGEST  # type: ignore[operator]


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def _is_span(value: object) -> bool:
    return (value == 0 and not isinstance(value, bool)) or _is_number(value)


def _is_share(value: object) -> bool:
    return _is_span(value) and value <= 100  # type: ignore[operator]


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(_is_text(item) for item in value)


def _are_rising(value: object) -> bool:
    if not isinstance(value, list) or not all(_is_number(item) for item in value):
        return False
    return value == sorted(set(value)) and bool(value)


def _are_tiers(value: object) -> bool:
    return isinstance(value, list) and _are_rising(value) and bool(value[-1] <= 100)


def _are_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _text(required: bool = False) -> Key:
    return Key("a text that is not empty", _is_text, required)


def _number(required: bool = False) -> Key:
    return Key("a number above 0", _is_number, required)


def _one_of(words: tuple[str, ...]) -> Key:
    return Key(f"one of {', '.join(words)}", lambda value: value in words)


def _some_of(words: tuple[str, ...]) -> Key:
    wanted = f"a list of {', '.join(words)}"
    return Key(wanted, lambda value: isinstance(value, list) and all(v in words for v in value))


_TEXTS = Key("a list of texts that are not empty", _are_texts)
_FLAG = Key("true or false", lambda value: isinstance(value, bool))
_WHOLE = Key("a whole number, 0 or more", _is_whole)
_SHARE = Key("per cent from 0 to 100", _is_share)
_SPAN = Key("a number, 0 or more", _is_span)
_COUNT = Key("a whole number above 0", lambda value: _is_whole(value) and value != 0)

TOP: Mapping[str, Key] = MappingProxyType(
    {
        "title": _text(required=True),
        "module": _text(required=True),
        "points": _number(required=True),
        "torch": _FLAG,
        "file": Key("one or more [[file]] tables", _are_tables, True),
        "limits": Key("a [limits] table", lambda value: isinstance(value, dict)),
        "training": Key("a [training] table", lambda value: isinstance(value, dict)),
        "question": Key("one or more [[question]] tables", _are_tables, True),
        "late": Key("a [late] table", lambda value: isinstance(value, dict)),
        "attempts": Key("an [attempts] table", lambda value: isinstance(value, dict)),
        "gradescope": Key("a [gradescope] table", lambda value: isinstance(value, dict)),
    }
)
TABLES: Mapping[str, Mapping[str, Key]] = MappingProxyType(
    {
        "file": {
            "name": _text(required=True),
            "instead": _TEXTS,
            "required": _FLAG,
            "about": Key("a text", lambda value: isinstance(value, str)),
        },
        "limits": {
            "call_seconds": _number(),
            "run_seconds": _number(),
            "memory_mb": _COUNT,
            "output_kb": _COUNT,
        },
        "training": {
            "dataset": _text(required=True),
            "model": _text(),
            "train": _text(),
            "epochs": _COUNT,
            "parameters": _COUNT,
            "tiers": Key("a rising list of per cent from 0 to 100", _are_tiers),
            "shares": Key("a rising list of points, one for each tier", _are_rising),
            "seconds": _number(),
        },
        "question": {
            "id": _text(required=True),
            "title": _text(required=True),
            "points": _number(required=True),
            "hidden": _WHOLE,
            "needs": _TEXTS,
            "hints": _TEXTS,
        },
        "late": {
            "per_day": replace(_SHARE, required=True),
            "most": _SHARE,
            "grace_minutes": _SPAN,
        },
        "attempts": {"most": _COUNT, "within": _COUNT, "hours": _number()},
        "gradescope": {
            "hidden": _one_of(VISIBILITY),
            "hints": _FLAG,
            "leaderboard": _some_of(LEADERBOARD),
            "minutes": _number(),
        },
    }
)


def problems(data: Mapping[str, Any]) -> list[Problem]:
    """Return every key that is unknown, missing or of the wrong type in the parsed file."""
    found = list(_in_table(data, TOP, ()))
    for name, keys in TABLES.items():
        value = data.get(name)
        if isinstance(value, dict):
            found += _in_table(value, keys, (name,))
        elif _are_tables(value):
            for index, table in enumerate(data[name]):
                found += _in_table(table, keys, (name, index))
    return found


def _in_table(table: Mapping[str, Any], keys: Mapping[str, Key], place: Place) -> Iterator[Problem]:
    for name, value in table.items():
        if name not in keys:
            yield Problem((*place, name), f"this key is not known here{nearest(name, keys)}")
        elif not keys[name].fits(value):
            yield Problem((*place, name), f"wanted {keys[name].wanted}, found {_show(value)}")
    for name, key in keys.items():
        if key.required and name not in table:
            yield Problem((*place, name), f"this key is missing; it holds {key.wanted}")


def _show(value: object) -> str:
    if isinstance(value, (dict, list)):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) > LARGEST:
        return "a number above 1,000,000,000"
    text = repr(value) if isinstance(value, (str, int, float)) else str(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def nearest(name: str, valid: Mapping[str, object] | tuple[str, ...]) -> str:
    """Return `; did you mean "x"?` for the valid name nearest to `name`, else what is valid."""
    import difflib

    close = difflib.get_close_matches(name[:80].lower(), list(valid), 1, 0.6)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; known here: {', '.join(valid)}" if valid else ""


_HEADER = re.compile(r"\s*(\[\[?)\s*([\w-]+)\s*\]")
_ASSIGNED = re.compile(r"""\s*(?:([\w.-]+)|"([^"]*)"|'([^']*)')\s*=""")
_FENCE = re.compile(r"\"\"\"|'''")


def lines(text: str) -> dict[Place, int]:
    """Return the line number, from 1, of each table and key that can be found in `text`."""
    found: dict[Place, int] = {}
    table: Place = ()
    inside_text = False
    for number, line in enumerate(text.split("\n"), 1):
        header, key = _HEADER.match(line), _ASSIGNED.match(line)
        if inside_text:
            pass
        elif header:
            table = _enter(header[2], header[1] == "[[", found)
            found.setdefault(table, number)
        elif key:
            name = key[2] or key[3]
            parts = (name,) if name else tuple((key[1] or "").split("."))
            found.setdefault((*table, *parts), number)
        inside_text ^= len(_FENCE.findall(line)) % 2 == 1
    return found


def _enter(name: str, one_of_many: bool, found: Mapping[Place, int]) -> Place:
    if not one_of_many:
        return (name,)
    index = 0
    while (name, index) in found:
        index += 1
    return (name, index)


def line_of(place: Place, found: Mapping[Place, int]) -> int:
    """Return the line of `place` or of the nearest table around it; 0 where none is found."""
    around = (place[:length] for length in range(len(place), 0, -1))
    return next((found[part] for part in around if part in found), 0)


def label(place: Place) -> str:
    """Return the place in words: `question 2: points`."""
    *tables, last = [str(part + 1) if isinstance(part, int) else part for part in place]
    return f"{' '.join(tables)}: {last}" if tables else last
