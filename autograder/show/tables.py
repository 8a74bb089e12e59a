r"""A cohort as CSV: the whole gradebook, Gradescope's form, Canvas's form.

Lines end in "\n", as both platforms write them; write the text as UTF-8 with `newline=""`. A text
that a spreadsheet would take for a formula gets a leading apostrophe; the numbers are ours and
stay numbers. No score is an empty cell, never a zero: our own fault is for a person to decide.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping

from autograder.cohort import Cohort, Standing, Status, Student
from autograder.report import Outcome
from autograder.show.cells import Cell, joined, number, written

_IDS = ("sid", "email", "canvas", "login", "section")
_PLAIN = ("reason", "attempts", "late", "submitted", "submission", "source")
_GRADESCOPE = (
    "First Name",
    "Last Name",
    "SID",
    "Email",
    "Sections",
    "Total Score",
    "Max Points",
    "Status",
    "Submission ID",
    "Submission Time",
    "Lateness (H:M:S)",
    "View Count",
    "Submission Count",
)
_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_NUMBERED = re.compile(r" \(\d+\)$")  # Canvas writes "Title (id)"


class TableError(ValueError):
    """A table of somebody else's is not what it should be: in words for the instructor."""


def gradebook_csv(cohort: Cohort) -> str:
    """Return everything of a class but its findings, one line a student.

    The questions' columns hold the points earned; they are empty where nothing was graded or our
    grader broke.
    """
    ids = [question for question, _, _ in cohort.questions]
    head = ("key", "name", *_IDS, "score", "possible", "status", *_PLAIN, *ids)
    return written([head, *(_gradebook_row(s, cohort) for s in cohort.standings)])


def gradescope_csv(cohort: Cohort) -> str:
    """Return the class in the form of Gradescope's "Download Grades".

    What is not known here stays empty: how often work was viewed, and how late a late one was.
    """
    labels = [
        f"{place}: {title} ({number(points, 1)} pts)"
        for place, (_, title, points) in enumerate(cohort.questions, 1)
    ]
    rows = (_gradescope_row(s, cohort) for s in cohort.standings)
    return written([(*_GRADESCOPE, *labels), *rows], places=1)


def canvas_csv(cohort: Cohort, column: str = "") -> str:
    """Return the class for Canvas's gradebook import; `column` is "Title (id)" of the assignment.

    By its title alone Canvas finds the assignment too, or makes a new one. A student without a
    score is left out, whole: on import an empty cell erases an earlier score, while a student
    who is not in the file keeps it. That is so for our own fault, and for work that is missing,
    which may have been excused or graded by hand.
    """
    blank = [""] * (len(_CANVAS) - 1)
    rows: list[Iterable[Cell]] = [
        (*_CANVAS, column or cohort.title or cohort.assignment),
        ("    Points Possible", *blank, cohort.possible),
    ]
    for standing in cohort.standings:
        score = _for_canvas(standing)
        if score is not None:
            one = standing.student
            known = (one.id(kind) for kind in ("canvas", "sid", "login", "section"))
            rows.append((_name(one), *known, score))
    return written(rows)


def canvas_filled(exported: str, cohort: Cohort, column: str) -> tuple[str, tuple[str, ...]]:
    """Return Canvas's exported gradebook with our scores in one column, and who was not matched.

    `column` is the assignment's "Title (id)", or its title where that is clear. All else is given
    back as it came, unguarded: it is Canvas's own. A cell also stays as it is where we have no
    score, and where the student is excused ("EX"). Students are matched by ID, then SIS User ID,
    then SIS Login ID; never by a name, nor by an id that two of them share. Not matched are lines
    that fit no student of the class, and students with a score whom no line fits.
    Raises TableError when the text is no such gradebook or has no such column.
    """
    mark = "\ufeff" if exported.startswith("\ufeff") else ""
    rows, delimiter = _read(exported.removeprefix(mark))
    head, known = rows[0], _known(cohort)
    place, names = _place(head, column), head.index("ID")
    unmatched: list[str] = []
    found: set[str] = set()
    for row in rows[1:]:
        if not any(cell.strip() for cell in row[: names + 1]) or "Points Possible" in row[0]:
            continue
        standing = _match(dict(zip(head, row, strict=False)), known)
        if standing is None:
            unmatched.append(", ".join(row[:names]))
            continue
        found.add(standing.student.key)
        _fill(row, place, _for_canvas(standing))
    left = (s for s in cohort.standings if s.student.key not in found)
    unmatched += [_name(s.student) for s in left if _for_canvas(s) is not None]
    end = "\r\n" if exported.partition("\n")[0].endswith("\r") else "\n"
    return mark + joined(rows, delimiter, end), tuple(dict.fromkeys(unmatched))


def _gradebook_row(standing: Standing, cohort: Cohort) -> list[Cell]:
    one = standing.student
    plain = {name: getattr(standing, name) for name in _PLAIN}
    plain["late"] = "yes" if standing.late else "no"
    ids = (one.id(kind) for kind in _IDS)
    own = (standing.score, cohort.possible, standing.status.value)
    return [one.key, one.name, *ids, *own, *plain.values(), *_earned(standing, cohort)]


def _gradescope_row(standing: Standing, cohort: Cohort) -> list[Cell]:
    one, missing = standing.student, standing.status is Status.MISSING
    states = {Status.MISSING: "Missing", Status.FAULT: "Ungraded"}
    return [
        *_first_last(_name(one)),
        one.id("sid"),
        one.id("email"),
        one.id("section"),
        None if missing else standing.score,
        float(cohort.possible),
        states.get(standing.status, "Graded"),
        standing.submission,
        standing.submitted,
        "" if missing or standing.late else "00:00:00",
        "",
        0 if missing else 1,
        *_earned(standing, cohort),
    ]


def _earned(standing: Standing, cohort: Cohort) -> list[float | None]:
    """Return the points of each question; None where there are none, or our grader broke."""
    questions = standing.report.questions if standing.report else ()
    earned = {q.id: q.earned for q in questions if q.outcome is not Outcome.ERROR}
    return [earned.get(id) for id, _, _ in cohort.questions]


def _for_canvas(standing: Standing) -> float | None:
    return None if standing.status is Status.MISSING else standing.score


def _name(student: Student) -> str:
    return student.name or student.key


def _first_last(name: str) -> tuple[str, str]:
    """Split "Last, First" at its comma, any other name before its last word."""
    if "," in name:
        last, _, first = name.partition(",")
        return first.strip(), last.strip()
    first, _, last = name.strip().rpartition(" ")
    return (first.strip(), last) if first else (last, "")


def _read(exported: str) -> tuple[list[list[str]], str]:
    """Return the rows of Canvas's gradebook, and what is between its cells."""
    for delimiter in ",;":
        try:
            rows = list(csv.reader(io.StringIO(exported, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise TableError(f"This is no CSV file: {error}. Export the gradebook again.") from None
        head = rows[0] if rows else []
        if len(head) > 3 and head[0] in ("Student", "LastName") and "ID" in head[1:3]:
            return rows, delimiter
    raise TableError(
        "This is no gradebook of Canvas: its first line must begin with Student,ID. Export it in "
        "Canvas (Gradebook, Export) and pass that file on as it is."
    )


def _place(head: list[str], column: str) -> int:
    """Return where the assignment's column is."""
    start = head.index("Section") + 1 if "Section" in head else 3
    columns = list(enumerate(head))[start:]
    exact = [place for place, title in columns if title == column]
    places = exact or [place for place, title in columns if _NUMBERED.sub("", title) == column]
    if len(places) == 1:
        return places[0]
    many = "more than one" if places else "no"
    known = ", ".join(title for _, title in columns) or "none"
    raise TableError(f"Canvas's gradebook has {many} column {column!r}. Its columns: {known}.")


def _known(cohort: Cohort) -> dict[tuple[str, str], Standing]:
    """Return whom each id of Canvas names; an id that two students share names nobody."""
    found: dict[tuple[str, str], list[Standing]] = {}
    for standing in cohort.standings:
        one = standing.student
        login = one.id("login") or one.id("email")
        ids = {"ID": one.id("canvas"), "SIS User ID": one.id("sid"), "SIS Login ID": login}
        for kind, id in ids.items():
            if id.strip():
                found.setdefault((kind, _same(kind, id)), []).append(standing)
    return {id: standings[0] for id, standings in found.items() if len(standings) == 1}


def _match(row: Mapping[str, str], known: Mapping[tuple[str, str], Standing]) -> Standing | None:
    ids = [(kind, _same(kind, row.get(kind, ""))) for kind in ("ID", "SIS User ID", "SIS Login ID")]
    found = next((known[id] for id in ids if id in known), None)
    # Whoever has another ID of Canvas is somebody else, whatever the other ids say.
    own, there = found.student.id("canvas").strip() if found else "", ids[0][1]
    return None if own and there and own != there else found


def _same(kind: str, id: str) -> str:
    """Return the id as it is compared: a login is often an address, in any letter case."""
    return id.strip().casefold() if kind == "SIS Login ID" else id.strip()


def _fill(row: list[str], place: int, score: float | None) -> None:
    row += [""] * (place + 1 - len(row))
    if score is not None and row[place].strip().upper() != "EX":
        row[place] = number(score)
