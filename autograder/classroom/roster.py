"""The roster: a CSV with the students of a class, as any learning platform exports it."""

from __future__ import annotations

import csv
import io
import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.classroom.found import IntakeError
from autograder.classroom.names import folded, keyed, tidy
from autograder.cohort import Student
from autograder.handin.entries import MEGABYTE, open_regular, shown

LIMIT = 16 * MEGABYTE
MOST = 100_000
_HEADER_ROWS = 5

# What a column is called, in small letters and without spaces and signs.
_COLUMNS = {
    "name": ("name", "student", "studentname", "fullname", "names"),
    "first": ("firstname", "first", "givenname", "forename"),
    "last": ("lastname", "last", "surname", "familyname"),
    "sid": ("sid", "studentid", "idnumber", "sisuserid", "sisid", "studentnumber", "matriculation"),
    "email": ("email", "emailaddress", "mail"),
    "canvas": ("canvasid", "id", "canvasuserid"),
    "login": ("login", "loginid", "sisloginid", "username"),
    "section": ("section", "sections"),
    "role": ("role", "courserole"),
}
_IDS = ("sid", "email", "canvas", "login", "section")
_STAFF = ("instructor", "ta", "teacher", "reader", "observer", "designer", "teachingassistant")


@dataclass(frozen=True)
class Roster:
    """The students of a class, by key, and notes on rows that are none."""

    students: tuple[Student, ...] = ()
    notes: tuple[str, ...] = ()


def read_roster(path: Path) -> Roster:
    """Return the students that the CSV at `path` lists.

    A Gradescope roster, a Canvas gradebook and a list of one's own are all read: columns are
    known by their names, in any order. Raises IntakeError when the file cannot be read or has
    no column that says who a student is.
    """
    text, notes = _decoded(path)
    rows = _rows(path, text)
    head, columns = _header(path, rows)
    students: dict[str, Student] = {}
    left_out: list[str] = []
    for number, row in enumerate(rows[head + 1 :], head + 2):
        cells = {kind: tidy(row[at]) for kind, at in columns.items() if at < len(row)}
        if not any(tidy(cell) for cell in row) or _is_points(row):
            continue
        student = _student(cells)
        identity = "\x1f".join(f"{k}={folded(v)}" for k, v in student.ids if k != "section")
        identity = f"{identity}\x1f{folded(student.name)}"
        if why := _no_student(cells, student) or ("twice" if identity in students else ""):
            left_out.append(f"row {number} ({why})")
        else:
            students[identity] = student
    if left_out:
        notes += (f"Left out of the roster {shown(path.name)}: {', '.join(left_out)}.",)
    done = keyed((student, identity) for identity, student in students.items())
    return Roster(tuple(sorted(done.values(), key=lambda s: s.key)), notes)


def _decoded(path: Path) -> tuple[str, tuple[str, ...]]:
    try:
        with os.fdopen(open_regular(path.resolve(), os.stat(path)), "rb") as stream:
            data = stream.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise IntakeError(f"The roster {shown(str(path))} cannot be read: {why}.") from error
    if len(data) > LIMIT:
        raise IntakeError(f"The roster {shown(path.name)} is larger than {LIMIT // MEGABYTE} MB.")
    try:
        wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        return data.decode("utf-16" if wide else "utf-8-sig"), ()
    except UnicodeDecodeError:
        note = f"The roster {shown(path.name)} is not in UTF-8; it was read as Windows-1252."
        return data.decode("cp1252", "replace"), (note,)


def _rows(path: Path, text: str) -> list[list[str]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise IntakeError(
            f"The roster {shown(path.name)} is no CSV: {error}. Export it again as CSV (UTF-8)."
        ) from error
    if len(rows) > MOST:
        raise IntakeError(f"The roster {shown(path.name)} has more than {MOST:,} rows.")
    return rows


def _header(path: Path, rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Return the number of the header's row and where each kind of column is."""
    for number, row in enumerate(rows[:_HEADER_ROWS]):
        columns = dict(reversed(list(_known(row))))
        if columns.keys() & {"name", "last", "sid", "email", "login", "canvas"}:
            return number, columns
    seen = ", ".join(shown(cell) for cell in rows[0]) if rows else "nothing"
    raise IntakeError(
        f"The roster {shown(path.name)} has no column that says who a student is: its first row "
        f"is {seen}. Name the columns name, sid and email, or first name and last name."
    )


def _known(row: Sequence[str]) -> Iterator[tuple[str, int]]:
    for at, cell in enumerate(row):
        plain = unicodedata.normalize("NFKC", cell).casefold()
        bare = "".join(c for c in plain if c.isalnum())
        yield from ((kind, at) for kind, names in _COLUMNS.items() if bare in names)


def _is_points(row: Sequence[str]) -> bool:
    """Tell whether this is the row in which Canvas says how many points there are."""
    return row[0].strip().casefold().startswith("points possible")


def _student(cells: dict[str, str]) -> Student:
    name = cells.get("name") or f"{cells.get('first', '')} {cells.get('last', '')}".strip()
    return Student("", name, tuple((k, cells[k]) for k in _IDS if cells.get(k)))


def _no_student(cells: dict[str, str], student: Student) -> str:
    role = "".join(c for c in cells.get("role", "").casefold() if c.isalpha())
    if role in _STAFF:
        return "staff"
    if folded(student.name) == "student, test":
        return "the test student"
    if not student.name and not any(kind != "section" for kind, _ in student.ids):
        return "no name and no id"
    return ""
