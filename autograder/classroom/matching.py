"""Whose a submission is: its claims against the roster. What is ambiguous is never guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from autograder.classroom.found import Claim, Found
from autograder.classroom.names import folded, keyed, squeezed, words
from autograder.cohort import Student
from autograder.handin.entries import listed, shown

# Under which ids of the roster one is looked for; a login is often an email address.
_LOOKED_UP = {
    "sid": ("sid",),
    "email": ("email", "login"),
    "canvas": ("canvas",),
    "login": ("login", "email"),
}
_ANY = ("sid", "email", "canvas", "login")


@dataclass(frozen=True)
class Matches:
    """The student of every claim, whether from the roster or not, and notes."""

    students: dict[Claim, Student]
    listed: frozenset[Claim]
    notes: tuple[str, ...]


def match(found: Iterable[Found], roster: Sequence[Student]) -> Matches:
    """Find the student of each claim. One that is not in the roster is a student of its own."""
    claims = sorted({claim for one in found for claim in one.claims}, key=_order)
    index = _index(roster)
    keys: dict[Claim, str] = {}
    known = {student.key: student for student in roster}
    notes: list[str] = []
    for claim in claims:
        fitting = _fitting(claim, index)
        if len(fitting) == 1 and (kind := _contradicted(claim, fitting[0])):
            notes.append(
                f"{_shown(claim)} could be {fitting[0].name} of the roster, but has another "
                f"{kind}: taken for somebody else."
            )
        elif len(fitting) == 1:
            keys[claim] = fitting[0].key
            known[fitting[0].key] = _with_ids(known[fitting[0].key], claim)
        elif fitting:
            names = listed([one.name or one.key for one in fitting])
            notes.append(
                f"{_shown(claim)} could be any of {names} in the roster: none of them was chosen."
            )
    strangers = [claim for claim in claims if claim not in keys]
    own = keyed(((_student(claim), identity(claim)) for claim in strangers), known)
    students = {claim: known[key] for claim, key in keys.items()}
    students |= {claim: own[identity(claim)] for claim in strangers}
    return Matches(students, frozenset(keys), tuple(notes))


def _order(claim: Claim) -> tuple[object, ...]:
    return identity(claim), claim.name, claim.ids, claim.handle


def identity(claim: Claim) -> str:
    """Return the text by which two claims are known to be of one student."""
    ids = dict(claim.ids)
    for kind in _ANY:
        if kind == "canvas" and kind in ids:
            # A file that only looks like one of Canvas's must not make two students one.
            return f"canvas={folded(ids[kind])}\x1f{' '.join(words(claim.name))}"
        if kind in ids:
            return f"{kind}={folded(ids[kind])}"
    return f"name={folded(claim.name or claim.handle)}\x1f{claim.number}"


def _student(claim: Claim) -> Student:
    return Student("", claim.name or claim.handle, claim.ids)


def _shown(claim: Claim) -> str:
    return shown(claim.name or claim.handle or identity(claim))


def _contradicted(claim: Claim, student: Student) -> str:
    """Return the kind of id that says these are two people, where no id says they are one."""
    ids = [(kind, folded(value), folded(student.id(kind))) for kind, value in claim.ids]
    if any(value == theirs for _, value, theirs in ids):
        return ""
    differing = (kind for kind, _, theirs in ids if theirs and kind in ("sid", "canvas"))
    return next(differing, "")


def _with_ids(student: Student, claim: Claim) -> Student:
    """Add what the roster does not know of a student, but the platform does."""
    more = tuple((kind, value) for kind, value in claim.ids if not student.id(kind))
    return replace(student, ids=(*student.ids, *more))


def _index(roster: Sequence[Student]) -> dict[tuple[str, object], list[Student]]:
    index: dict[tuple[str, object], list[Student]] = defaultdict(list)
    for student in roster:
        for kind, value in student.ids:
            index[kind, folded(value)].append(student)
        if local := folded(student.id("email")).partition("@")[0]:
            index["local", local].append(student)
        if words(student.name):
            index["name", words(student.name)].append(student)
        for turn in squeezed(student.name):
            index["squeezed", turn].append(student)
    return index


def _fitting(claim: Claim, index: dict[tuple[str, object], list[Student]]) -> list[Student]:
    """Return the students of the roster that a claim may mean, by ids or else by name."""
    keys: list[tuple[str, object]] = []
    for kind, value in claim.ids:
        keys += [(other, folded(value)) for other in _LOOKED_UP.get(kind, ())]
    keys += [(kind, folded(claim.handle)) for kind in _ANY if claim.handle]
    by_id = _all(keys, index)
    if by_id:
        return by_id
    names: list[tuple[str, object]] = [
        ("local", folded(claim.handle)),
        ("name", words(claim.handle)),
    ]
    names += [("name", words(claim.name))]
    if "canvas" in dict(claim.ids):
        names += [("squeezed", turn) for turn in squeezed(claim.name)]
    return _all(names, index)


def _all(
    keys: Iterable[tuple[str, object]], index: dict[tuple[str, object], list[Student]]
) -> list[Student]:
    found = {student.key: student for key in keys for student in index.get(key, ())}
    return [student for _, student in sorted(found.items())]
