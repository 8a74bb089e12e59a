"""Names of students: how they are compared, and the keys that stand for them in file names."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from autograder.cohort import Student
from autograder.report import clean

KEY_LENGTH = 60

_SAFE = re.compile(r"[^a-z0-9._-]+")
_WINDOWS = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9])(?:\..*)?", re.DOTALL)
_NAME_LENGTH = 200


def tidy(text: str) -> str:
    """Return a name or an id on one line, composed, without controls and doubled spaces."""
    bare = clean(text[: 20 * _NAME_LENGTH], 40 * _NAME_LENGTH).replace("\ufffd", " ")
    composed = unicodedata.normalize("NFC", " ".join(bare.split()))
    return composed[:_NAME_LENGTH].strip()


def folded(text: str) -> str:
    """Return `text` so that two spellings of one name or id are equal."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.strip()).casefold())


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name, sorted: "Curie, Marie" and "marie curie" are the same."""
    return tuple(sorted(_split(name)))


def squeezed(name: str) -> set[str]:
    """Return the name as file names of Canvas squeeze it, whichever word is the last name."""
    parts = _split(name)
    turns = (parts[turn:] + parts[:turn] for turn in range(len(parts)))
    return {"".join(c for c in "".join(turn) if c.isalnum()) for turn in turns} - {""}


def slug(text: str) -> str:
    """Return `text` in the letters of a key, nothing if none is left."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return _trimmed(_SAFE.sub("-", plain.lower()))


def keyed(students: Iterable[tuple[Student, str]], taken: Iterable[str] = ()) -> dict[str, Student]:
    """Return the students with keys that differ from each other and from `taken`.

    Each comes with a text that tells it from all others; it is what the result is sorted by,
    so that the order in which students come changes no key.
    """
    wanted = {identity: (_base(student, identity), student) for student, identity in students}
    used = {*taken}
    bases = {base for base, _ in wanted.values()}
    done: dict[str, Student] = {}
    for identity, (base, student) in sorted(wanted.items(), key=lambda item: item[0]):
        key, count = base, 1
        while key in used or (count > 1 and key in bases):
            count += 1
            key = f"{_trimmed(base[: KEY_LENGTH - len(str(count)) - 1])}-{count}"
        used.add(key)
        done[identity] = replace(student, key=key)
    return done


def _split(name: str) -> list[str]:
    return [part for part in re.split(r"[\s,_]+", folded(name)) if part]


def _base(student: Student, identity: str) -> str:
    """Return the key that a student has if no other wants it."""
    local = student.id("email").partition("@")[0]
    names = (student.id("sid"), local, student.name, student.id("login"), student.id("canvas"))
    key = next(filter(None, map(slug, names)), "")
    if not key:
        return f"student-{hashlib.sha256(identity.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return key if not _WINDOWS.fullmatch(key) else _trimmed(f"student-{key}")


def _trimmed(key: str) -> str:
    """Cut a key to its length; at its ends stand neither dots nor dashes."""
    return key.strip("._-")[:KEY_LENGTH].strip("._-")
