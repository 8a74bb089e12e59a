"""A class as CSV: read back as it was meant, and never a formula or a wrong student's score."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
import show_reports as made
from hypothesis import given
from hypothesis import strategies as st

from autograder.cohort import Cohort, Standing, Status, Student
from autograder.report import CheckResult, Finding, Outcome, QuestionResult, Report
from autograder.show.cells import guarded, joined, number, written
from autograder.show.tables import (
    TableError,
    canvas_csv,
    canvas_filled,
    gradebook_csv,
    gradescope_csv,
)

GOLDEN = Path(__file__).parent / "golden"
QUESTIONS = (("q1", "the mean", 15.0), ("q2", 'scale, "shift"', 7.5))


def student(key: str, name: str = "", **ids: str) -> Student:
    return Student(key, name, tuple(ids.items()))


def report(one: str = "passed", two: str = "passed", share: float = 0.0) -> Report:
    """A report on both questions, with the outcome of the second one's only check."""

    def check(name: str, outcome: str) -> CheckResult:
        kind = "error" if outcome == "error" else "value"
        finding = None if outcome == "passed" else Finding(kind, "3 was wanted", "count again")
        return CheckResult(name, name, Outcome(outcome), 1.0, name == "test_b", 0.25, finding)

    last = replace(check("test_b", two), share=share)
    questions = (
        QuestionResult("q1", "the mean", 15, (check("test_a", one),)),
        QuestionResult("q2", "scale", 7.5, (last, check("test_c", "passed"))),
    )
    return Report("a1", "Batch norm", questions, facts={"seed": "7"}, seconds=1.5)


def cohort() -> Cohort:
    """A small class: every status once, and names that nobody should have."""
    ada = student(
        "ada", "Ada Lovelace", sid="007", email="ada@x.org", canvas="11", login="ada", section="S1"
    )
    eve = student("eve", '=HYPERLINK("http://x")', sid="+49", canvas="12", section="S1, S2")
    gil = student("gil", 'O\'Neil, "Gil"\r\nJr', email="Gil@X.org", canvas="13")
    han = student("han", "韩 \u202e梅\U0001f642", sid="@SUM(A1)", canvas="14")
    ida = student("ida", " -2+3", login="ida", canvas="15")
    standings = (
        Standing(ada, Status.GRADED, report(), submission="9001", submitted="2026-11-21 23:59:59"),
        Standing(eve, Status.GRADED, report("failed", "failed", 1 / 3), attempts=2, late=True),
        Standing(gil, Status.FAULT, report("passed", "error"), "KeyError: 'x'", source="a;b.zip"),
        Standing(han, Status.TIMEOUT, report("failed"), "\tslow", source="han/"),
        Standing(ida, Status.MISSING),
        Standing(student("joe"), Status.UNGRADABLE, None, "a zip with a password", 1),
    )
    return Cohort("a1", "Batch norm", 22.5, QUESTIONS, standings, (("seed", "7"),))


EXPORTED = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Warm-up (70),Batch norm (71),Final Score\n"
    ",,,,,,Manual Posting,\n"
    "    Points Possible,,,,,5.0,22.5,(read only)\n"
    '"Lovelace, Ada",11,,ada,S1,5.0,3.0,80\n'
    "Eve,,+49,,S1,,,\n"
    '"O\'Neil, Gil",13,,gil@x.org,S1,4.0,17.25,90\n'
    "Han,14,,,S1,4.0,EX,90\n"
    "Ida,15,,ida,S1,4.0,9.5,90\n"
    '"Student, Test",99,,,S1,,,\n'
)

CASES = {
    "class-gradebook.csv": lambda: gradebook_csv(cohort()),
    "class-gradescope.csv": lambda: gradescope_csv(cohort()),
    "class-canvas.csv": lambda: canvas_csv(cohort(), "Batch norm (71)"),
    "class-canvas-filled.csv": lambda: canvas_filled(EXPORTED, cohort(), "Batch norm (71)")[0],
}


@pytest.mark.parametrize("name", CASES)
def test_text_is_as_it_was_read(name: str) -> None:
    path, text = GOLDEN / name, CASES[name]()
    if os.environ.get("REGOLD"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_bytes().decode("utf-8")


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def column(text: str, name: str) -> list[str]:
    return [row[name] for row in csv.DictReader(io.StringIO(text, newline=""))]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\tname",
        "\rname",
        "\nname",
        " =1",
        "\u00a0=1",
        "\u3000＝1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "﹣1",
        "\u2212x",
        "\ufeff=1",
        "\u200b-1",
        "\x00=1",
        "\x1b=1",
        "\r\n=cmd|' /C calc'!A0",
    ],
)
def test_a_text_is_never_a_formula(text: str) -> None:
    assert guarded(text).startswith("'")
    assert read(written([[text, "b"]])) == [[guarded(text), "b"]]


@pytest.mark.parametrize("text", ["", " ", "Ada", "O'Neil", "a-b", "x=1", "1+1", "'t Hooft", "5"])
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize(
    "value, short, long",
    [
        (15, "15", "15.0"),
        (7.5, "7.5", "7.5"),
        (2.25, "2.25", "2.25"),
        (10 / 3, "3.33", "3.33"),
        (-1.5, "-1.5", "-1.5"),
        (-0.001, "0", "0.0"),
        (-0.0, "0", "0.0"),
        (100, "100", "100.0"),
        (12345.67, "12345.67", "12345.67"),
        (1e6, "1000000", "1000000.0"),
    ],
)
def test_a_number_has_two_digits_at_most(value: float, short: str, long: str) -> None:
    assert (number(value), number(value, 1)) == (short, long)
    assert read(written([[float(value), ""]])) == [[short, ""]], "a negative one is no text"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_score_that_is_no_number_is_written(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        gradebook_csv(replace(cohort(), possible=value))


texts = made.texts | st.sampled_from(("=1", " -1", "＋x", "\t@", 'a"b', "a,b", "a;b", "'x"))


@given(st.lists(st.lists(texts, min_size=2, max_size=4), max_size=5))
def test_every_text_is_read_back_and_safe(rows: list[list[str]]) -> None:
    back = read(written(rows))
    assert back == [[guarded(text) for text in row] for row in rows]
    for text in (text for row in back for text in row):
        assert text.strip()[:1] not in tuple("=+-@＝＋－＠")
        assert not set(text) & set("\x00\r\n\t\x1b\u202e")
        text.encode("utf-8")


@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), max_size=30))
def test_nothing_but_controls_is_changed(text: str) -> None:
    assert read(written([[text, ""]]))[0][0].removeprefix("'") == text.removeprefix("'")


classes = st.builds(
    Cohort,
    st.just("a1"),
    texts,
    made.numbers,
    st.lists(st.tuples(made.words, texts, made.numbers), max_size=3, unique_by=lambda q: q[0]).map(
        tuple
    ),
    st.lists(
        st.builds(
            Standing,
            st.builds(
                Student,
                st.text("abc.-", min_size=1, max_size=5),
                texts,
                st.dictionaries(st.sampled_from(("sid", "email", "canvas", "login")), texts).map(
                    lambda ids: tuple(ids.items())
                ),
            ),
            st.sampled_from(Status),
            st.none() | made.reports,
            texts,
            st.integers(0, 5),
            st.booleans(),
            *[texts] * 5,
        ),
        max_size=4,
        unique_by=lambda s: s.student.key,
    ).map(tuple),
)


@given(classes)
def test_any_class_gives_tables_in_which_every_line_is_one_student(some: Cohort) -> None:
    whole, scope, canvas = gradebook_csv(some), gradescope_csv(some), canvas_csv(some)
    for text, lines in ((whole, 1), (scope, 1), (canvas, 2)):
        rows = read(text)
        assert {len(row) for row in rows} == {len(rows[0])}
        assert len(text.split("\n")) == len(rows) + 1, "no cell breaks a line"
        assert len(rows) - lines <= len(some.standings)
    assert [guarded(s.student.key) for s in some.standings] == [row[0] for row in read(whole)[1:]]
    for standing, row in zip(some.standings, read(scope)[1:], strict=True):
        empty = standing.status in (Status.FAULT, Status.MISSING)
        assert row[5] == ("" if empty else number(standing.score or 0.0, 1))


def test_the_gradebook_tells_no_score_from_nothing_earned() -> None:
    text = gradebook_csv(cohort())
    assert column(text, "score") == ["22.5", "5", "", "7.5", "0", "0"]
    assert column(text, "q1") == ["15", "0", "15", "0", "", ""]
    assert column(text, "q2") == ["7.5", "5", "", "7.5", "", ""]
    assert column(text, "late") == ["no", "yes", "no", "no", "no", "no"]


def test_gradescope_gets_its_own_columns() -> None:
    text = gradescope_csv(cohort())
    assert read(text)[0][-2:] == ["1: the mean (15.0 pts)", '2: scale, "shift" (7.5 pts)']
    assert column(text, "Status") == ["Graded", "Graded", "Ungraded", "Graded", "Missing", "Graded"]
    assert column(text, "Total Score") == ["22.5", "5.0", "", "7.5", "", "0.0"]
    assert column(text, "Max Points") == ["22.5"] * 6
    assert column(text, "First Name")[:3] == ["Ada", '\'=HYPERLINK("http://x")', '"Gil"  Jr']
    assert column(text, "Last Name")[:3] == ["Lovelace", "", "O'Neil"]


def test_canvas_gets_the_form_its_importer_reads() -> None:
    rows = read(canvas_csv(cohort(), "Batch norm (71)"))
    assert rows[0] == [
        *("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
        "Batch norm (71)",
    ]
    assert rows[1] == ["    Points Possible", "", "", "", "", "22.5"]
    assert canvas_csv(cohort()).split("\n", 1)[0].endswith(",Batch norm")


def test_canvas_keeps_the_scores_of_students_who_have_none_here() -> None:
    """An empty cell would erase them: those students are not in the file at all."""
    rows = read(canvas_csv(cohort()))[2:]
    assert [(row[1], row[5]) for row in rows] == [
        ("11", "22.5"),
        ("12", "5"),
        ("14", "7.5"),
        ("", "0"),
    ]


def filled(exported: str, some: Cohort | None = None, name: str = "Batch norm (71)") -> list[str]:
    return column(canvas_filled(exported, some or cohort(), name)[0], name)


def test_only_our_column_changes() -> None:
    text, unmatched = canvas_filled(EXPORTED, cohort(), "Batch norm (71)")
    before, after = read(EXPORTED), read(text)
    assert [row[:6] + row[7:] for row in before] == [row[:6] + row[7:] for row in after]
    # Ada's and Eve's are new; Gil's fault, Han's excuse and Ida's missing work leave what was.
    assert [row[6] for row in after[1:]] == [
        *("Manual Posting", "22.5", "22.5", "5", "17.25", "EX", "9.5", ""),
    ]
    assert unmatched == ("Student, Test", "joe")


def test_a_column_is_found_by_its_title_too() -> None:
    assert canvas_filled(EXPORTED, cohort(), "Batch norm") == canvas_filled(
        EXPORTED, cohort(), "Batch norm (71)"
    )


@pytest.mark.parametrize(
    "exported, name, said",
    [
        (EXPORTED, "Other", "no column 'Other'. Its columns: Warm-up (70), Batch norm (71)"),
        (EXPORTED, "Section", "no column 'Section'"),
        (EXPORTED.replace("Warm-up (70)", "Batch norm (7)"), "Batch norm", "more than one column"),
        ("", "x", "no gradebook of Canvas"),
        ("\n\n", "x", "no gradebook of Canvas"),
        ("Name,ID,Section,x\n", "x", "no gradebook of Canvas"),
        ("Student\tID\tSection\tx\n", "x", "no gradebook of Canvas"),
    ],
)
def test_what_is_no_export_is_refused_in_words(exported: str, name: str, said: str) -> None:
    with pytest.raises(TableError) as caught:
        canvas_filled(exported, cohort(), name)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "line, score",
    [
        ("x,1,,,S", "22.5"),
        ("x,,s1,,S", "22.5"),
        ("x,,,ONE@x.org,S", "22.5"),
        ("x,1,s2,two,S", "22.5"),  # the ID goes first
        ("x,, s1 ,two,S", "22.5"),  # then the SIS User ID
        ("x,3,s1,,S", "old"),  # somebody else's ID: not she, whatever the SIS ID says
        ("One,,,,S", "old"),  # a name is no id
        ("x,,both,,S", "old"),  # an id that two share names nobody
        ("x,,both,two,S", "7.5"),  # but another id of his does
    ],
)
def test_students_are_matched_by_their_ids_alone(line: str, score: str) -> None:
    one = student("one", "One", canvas="1", sid="s1", email="one@x.org")
    two = student("two", "Two", sid="both", login="Two")
    three = student("three", "Three", sid="both", login="three")
    some = replace(
        cohort(),
        standings=(
            Standing(one, Status.GRADED, report()),
            Standing(two, Status.GRADED, report("failed")),
            Standing(three, Status.GRADED, report("failed", "failed")),
        ),
    )
    head = "Student,ID,SIS User ID,SIS Login ID,Section,T (1)\n"
    text, unmatched = canvas_filled(head + line + ",old\n", some, "T")
    assert column(text, "T (1)") == [score]
    assert ("x" in unmatched) == (line.startswith("x") and score == "old")
    assert "Three" in unmatched


def test_the_form_of_the_file_is_kept() -> None:
    plain = canvas_filled(EXPORTED, cohort(), "Batch norm")[0]
    windows = "\ufeff" + EXPORTED.replace("\n", "\r\n")
    assert canvas_filled(windows, cohort(), "Batch norm")[0] == "\ufeff" + plain.replace(
        "\n", "\r\n"
    )
    head = "LastName;FirstName;ID;SIS User ID;SIS Login ID;Section;T (1)\n"
    text, unmatched = canvas_filled(f"{head}Love;Ada;11;;;S;1,5\nNo;Body;77;;;S;\n", cohort(), "T")
    assert text == f"{head}Love;Ada;11;;;S;22.5\nNo;Body;77;;;S;\n"
    assert unmatched[0] == "No, Body"


def test_a_line_that_is_too_short_is_filled_up() -> None:
    text, _ = canvas_filled("Student,ID,Section,T (1)\nAda,11\n\n", cohort(), "T")
    assert text == "Student,ID,Section,T (1)\nAda,11,,22.5\n\n"


# csv of Python 3.10 reads no NUL: that is a TableError.
cells = st.text(st.characters(exclude_characters="\0"), max_size=8) | st.sampled_from(("\r", "\n"))


@given(st.lists(st.lists(cells, min_size=6, max_size=6), max_size=4))
def test_any_export_comes_back_with_all_but_our_column(rows: list[list[str]]) -> None:
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "T (1)"]
    text, _ = canvas_filled(joined([head, *rows]), cohort(), "T")
    assert [row[:5] for row in read(text)] == [row[:5] for row in [head, *rows]]
