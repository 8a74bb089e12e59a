"""A class as numbers, as a page and as text: known values by hand, hostile names, any size."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import show_reports as samples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_show_documents import Outline

from autograder.cohort import Cohort, Standing, Status, Student
from autograder.report import CheckResult, Finding, Outcome, QuestionResult, Report
from autograder.show import statistics
from autograder.show.cohort import class_page, class_text, live
from autograder.show.layout import cells

GOLDEN = Path(__file__).parent / "golden"
COMMAND = "python grade.py batch bn_matrix work --roster roster.csv -o out"
QUESTIONS = (("q1", "the matrix", 10.0), ("q2", "the layer", 30.0))
quick = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def check(name: str, outcome: str = "passed", hint: str = "", **rest) -> CheckResult:
    kind = {"failed": "value", "passed": ""}.get(outcome, outcome)
    finding = Finding(kind, "the entry [1] is 3, 4 was wanted", hint=hint) if kind else None
    title = rest.pop("title", f"requirement {name}")
    return CheckResult(f"test_{name}", title, Outcome(outcome), finding=finding, **rest)


def report(first: list[CheckResult], second: list[CheckResult], seconds: float = 0.5) -> Report:
    questions = (
        QuestionResult(*QUESTIONS[0], checks=tuple(first)),
        QuestionResult(*QUESTIONS[1], checks=tuple(second), needs=("q1",)),
    )
    return Report("bn_matrix", "Batch normalisation by hand", questions, seconds=seconds)


def standing(key: str, made: Report | None = None, status: str = "graded", **rest) -> Standing:
    name = rest.pop("name", key.title())
    attempts = rest.pop("attempts", 0 if status == "missing" else 1)
    student = Student(key, name)
    return Standing(student, Status(status), made, attempts=attempts, **rest)


def cohort(*standings: Standing, **rest) -> Cohort:
    facts = (("graded", "28 November 2026"), ("seed", "17"))
    title = "Batch normalisation by hand"
    return replace(Cohort("bn_matrix", title, 40.0, QUESTIONS, standings, facts), **rest)


VARIANCE = "divide by m, not by m - 1"


def small() -> Cohort:
    """A class in which everything happened once, with names that would like to be markup."""
    lost = check("b", "failed", VARIANCE, hidden=True)
    stray = check("c", "failed")
    waits = check("c", "waiting")
    broke = check("a", "error")
    return cohort(
        standing("anna", report([check("a")], [check("b", hidden=True), check("c")], 0.31)),
        standing(
            "bob", report([check("a")], [lost, stray], 0.4), name="Bob <script>alert(1)</script>"
        ),
        standing("cem", report([check("a")], [lost, check("c")], 2.25), late=True, attempts=2),
        standing("dora", report([check("a", "failed", "scale last")], [waits, waits])),
        standing(
            "eva", report([broke], [lost, check("c")]), "grader fault", reason="KeyError: 'g'"
        ),
        standing("finn", None, "not gradable", reason="the zip ends in the middle of <bn.py>"),
        standing("gus", report([check("a")], [check("b", hidden=True), stray], 9), "timed out"),
        standing("hoa", None, "missing", name='=HYPERLINK("http://x.example")'),
    )


# Numbers, by hand.


@pytest.mark.parametrize(
    ("xs", "ys", "r"),
    [
        ((1, 2, 3, 4, 5), (2, 4, 5, 4, 5), 0.6**0.5),
        ((1, 1, 0, 0), (30, 20, 10, 20), 0.5**0.5),
        ((0, 1), (5, 9), 1.0),
        ((0, 1, 0, 1), (9, 5, 9, 5), -1.0),
        ((0, 1, 0, 1), (5, 5, 9, 9), 0.0),
        ((0.1, 0.1, 0.1), (1, 2, 3), None),
        ((1, 2, 3), (0.1, 0.1, 0.1), None),
        ((1,), (2,), None),
        ((), (), None),
        ((0, 1e-200), (0, 1e-200), 1.0),
        ((0, 1e200), (1e200, 0), -1.0),
    ],
)
def test_correlation(xs: tuple[float, ...], ys: tuple[float, ...], r: float | None) -> None:
    assert statistics.correlation(xs, ys) == (r if r is None else pytest.approx(r))


@quick
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 100)), min_size=2, max_size=30))
def test_correlation_is_the_one_of_numpy(pairs: list[tuple[int, int]]) -> None:
    xs, ys = zip(*pairs, strict=True)
    r = statistics.correlation(xs, ys)
    if len(set(xs)) == 1 or len(set(ys)) == 1:
        assert r is None
    else:
        assert r == pytest.approx(np.corrcoef(xs, ys)[0, 1], abs=1e-9)


def test_correlation_refuses_rows_of_two_lengths() -> None:
    with pytest.raises(ValueError, match="2 values beside 1"):
        statistics.correlation((1, 2), (1,))


@pytest.mark.parametrize(
    ("values", "possible", "bins", "counts"),
    [
        ((0, 9.99, 10, 55, 100), 100, 10, (2, 1, 0, 0, 0, 1, 0, 0, 0, 1)),
        ((0.3, 0.9, 2.1, 3), 3, 10, (0, 1, 0, 1, 0, 0, 0, 1, 0, 1)),
        ((-5, 120), 100, 4, (1, 0, 0, 1)),
        ((0, 0), 0, 10, (2,)),
        ((), 100, 2, (0, 0)),
    ],
)
def test_histogram(values, possible, bins, counts) -> None:
    made = statistics.histogram(values, possible, bins)
    assert tuple(found.count for found in made) == counts
    assert (made[0].low, made[-1].high) == (0, possible)
    assert all(one.high == other.low for one, other in pairwise(made))


@quick
@given(st.lists(st.floats(0, 50).map(lambda x: round(x, 2))), st.sampled_from((1, 7.5, 33, 50)))
def test_histogram_leaves_nobody_out(values: list[float], possible: float) -> None:
    made = statistics.histogram(values, possible)
    assert sum(found.count for found in made) == len(values)
    inside = [found for found in made[:-1] if found.count]
    for found in inside:
        near = [v for v in values if found.low - 1e-9 <= v <= found.high + 1e-9]
        assert len(near) >= found.count


def test_a_question_in_numbers() -> None:
    first, second = statistics.items(small())
    # Of q1 five are decided: anna, bob, cem and gus have all of it, dora nothing.
    assert (first.decided, first.mean, first.full) == (5, 0.8, 0.8)
    # The others' points are 30, 0, 15, 0 and 15: means 15 and 0, deviation 11.225, sqrt(pq) 0.4.
    rests = (30, 0, 15, 0, 15)
    assert first.discrimination == pytest.approx(
        (15 - 0) * (0.8 * 0.2) ** 0.5 / float(np.std(rests))
    )
    assert (second.decided, second.mean, second.full) == (5, 0.4, 0.2)
    # Shares 1, 0, 1/2, 0, 1/2 beside 10, 10, 10, 0, 10: products 4, squares 0.7 and 80.
    assert second.discrimination == pytest.approx(4 / (0.7 * 80) ** 0.5)
    assert dict(first.outcomes) == {"passed": 4, "failed": 1, "error": 1}
    assert dict(second.outcomes) == {"failed": 4, "waiting": 1, "passed": 1}


def test_what_nothing_decided_is_not_a_number() -> None:
    unknown = cohort(
        standing("a", report([check("a", "skipped")], [check("b")])),
        standing("b", report([check("a", "skipped")], [check("b")])),
    )
    first, second = statistics.items(unknown)
    assert (first.decided, first.mean, first.full, first.discrimination) == (0, None, None, None)
    assert (second.mean, second.discrimination) == (1, None)
    *_, rate = statistics.rates(unknown)
    assert (rate.question, rate.share, rate.open) == ("q1", None, 2)


def test_a_share_of_a_failed_check_counts() -> None:
    half = check("a", "failed", share=0.5)
    first, _ = statistics.items(cohort(standing("a", report([half], [check("b")]))))
    assert (first.mean, first.full) == (0.5, 0)


def test_the_weakest_check_stands_first() -> None:
    rates = statistics.rates(small())
    told = [(r.question, r.title, r.passed, r.failed, r.waiting, r.open) for r in rates]
    assert told == [
        ("q2", "requirement b", 2, 3, 0, 0),
        ("q2", "requirement c", 3, 2, 2, 0),
        ("q1", "requirement a", 4, 1, 0, 1),
    ]
    assert [rate.share for rate in rates] == [0.4, 3 / 7, 0.8]
    assert [rate.unexplained for rate in rates] == [0, 2, 0]


def test_a_mistake_counts_once_a_submission() -> None:
    twice = report([check("a")], [check("b", "failed", VARIANCE), check("c", "failed", VARIANCE)])
    found = statistics.mistakes(cohort(standing("a", twice), standing("b", report([], []))))
    assert [(m.question, m.hint, m.count, m.share) for m in found] == [("q2", VARIANCE, 1, 1.0)]
    told = [(m.question, m.hint, m.count) for m in statistics.mistakes(small())]
    assert told == [("q2", VARIANCE, 3), ("q1", "scale last", 1)]
    assert statistics.mistakes(small())[0].share == 0.5


def test_work_that_no_check_looked_at_says_nothing_about_questions() -> None:
    unread = CheckResult("missing", "the submission can be read", Outcome.FAILED)
    broke = CheckResult("error", "the grader can be loaded", Outcome.ERROR)
    silent = cohort(
        standing("a", report([unread], [unread]), "not gradable"),
        standing("b", report([broke], [broke]), "grader fault"),
        standing("c", None, "missing"),
    )
    assert (
        statistics.opened(silent) == statistics.rates(silent) == statistics.mistakes(silent) == ()
    )
    assert [item.outcomes for item in statistics.items(silent)] == [(), ()]


def test_scores_are_of_those_who_handed_in_and_are_decided() -> None:
    assert statistics.scores(small()) == (40, 10, 25, 0, 0, 25)


# The page.


class Rows(Outline):
    """The texts of the cells, by the section they stand in."""

    def __init__(self, page: str) -> None:
        self.section, self.rows = "", {}
        super().__init__(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if tag == "section":
            self.section = str(dict(attrs)["aria-labelledby"])
        if tag == "tr":
            self.rows.setdefault(self.section, []).append([])
        if tag in ("td", "th"):
            self.rows[self.section][-1].append("")

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            self.rows[self.section][-1][-1] += data.strip("\n")


KNOWN = re.compile(
    "html|head|meta|title|style|body|header|main|footer|section|h[12]|p|strong|span|svg|rect|text|"
    "desc|line|div|d[ltd]|table|caption|thead|tbody|tfoot|t[rhd]|a"
)
standings = st.builds(
    Standing,
    st.builds(Student, st.text(min_size=1, max_size=12), samples.texts),
    st.sampled_from(Status),
    st.none() | samples.reports,
    samples.texts,
    st.integers(0, 3),
    st.booleans(),
)
cohorts = st.builds(
    Cohort,
    samples.texts,
    samples.texts,
    st.sampled_from((0, 7.5, 40, 100)),
    st.lists(
        st.tuples(st.sampled_from(("q1", "q2", "q[b]")), samples.texts, samples.numbers),
        max_size=3,
        unique_by=lambda q: q[0],
    ).map(tuple),
    st.lists(standings, max_size=4).map(tuple),
    st.lists(st.tuples(samples.texts, samples.texts), max_size=2).map(tuple),
)


@quick
@given(cohorts)
def test_the_page_is_of_ours_alone(made: Cohort) -> None:
    page = class_page(made)
    outline = Outline(page)
    assert outline.open == []
    assert [tag for tag, _ in outline.tags if not KNOWN.fullmatch(tag)] == []
    names = {name for _, attrs in outline.tags for name in attrs}
    assert not {n for n in names if n.startswith("on")} | (names & {"src", "style", "action"})
    ids = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for link in outline.all("a"):
        assert re.fullmatch(r"reports/[\w.~%-]*\.html", str(link["href"]), re.ASCII)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)


@pytest.mark.parametrize(
    "made",
    [
        cohort(),
        cohort(standing("a", report([check("a")], [check("b")]))),
        cohort(*(standing(f"s{n}", None, "missing") for n in range(9))),
        cohort(*(standing(f"s{n}", small().standings[4].report, "grader fault") for n in range(9))),
        small(),
        cohort(possible=0.0, questions=()),
    ],
    ids=["nobody", "one", "all missing", "all faults", "everything", "no points"],
)
def test_every_student_is_accounted_for(made: Cohort) -> None:
    rows = Rows(class_page(made)).rows
    number = len(made.standings)
    assert len(rows.get("students", [[]])) == number + 1
    counts = {row[0]: int(row[1]) for row in rows["counts"][1:]}
    assert counts.pop("all") == number == sum(counts.values())
    assert counts == {status.value: len(made.of(status)) for status in Status}
    scored = sum(int(row[1]) for row in rows.get("scores", [[]])[1:])
    assert scored == number - len(made.of(Status.MISSING)) - len(made.of(Status.FAULT))
    odd = [s for s in made.standings if s.status is not Status.GRADED]
    assert len(rows.get("attention", [[]])) - 1 == len(odd)
    assert f"{number} student" in class_text(made)


def test_a_class_of_a_thousand() -> None:
    one = report([check("a")], [check("b", "failed", VARIANCE)])
    made = cohort(*(standing(f"s{n:04}", replace(one, seconds=n / 100)) for n in range(1000)))
    rows = Rows(class_page(made)).rows
    assert len(rows["students"]) == 1001
    slowest = [(row[0], row[2]) for row in rows["slowest"][1:]]
    assert slowest == [(f"s{n:04}", f"{n / 100:.2f}") for n in range(999, 989, -1)]
    assert rows["mistakes"][1:] == [["q2", "1000", "100 %", VARIANCE]]


@pytest.mark.parametrize(
    ("failed", "share"), [(0, "100 %"), (1, "99 %"), (100, "50 %"), (199, "1 %"), (200, "0 %")]
)
def test_all_and_nothing_are_said_of_no_others(failed: int, share: str) -> None:
    ends = ["failed"] * failed + ["passed"] * (200 - failed)
    made = (standing(f"s{n:03}", report([check("a", end)], [])) for n, end in enumerate(ends))
    assert Rows(class_page(cohort(*made))).rows["checks"][1][1] == share


def test_the_page_says_what_the_numbers_say() -> None:
    rows = Rows(class_page(small())).rows
    assert [row[0] for row in rows["attention"][1:]] == ["eva", "finn", "gus", "hoa"]
    assert rows["attention"][2][3] == "the zip ends in the middle of <bn.py>"
    assert rows["attention"][4][3] == "nothing was handed in"
    assert rows["students"][2][1:] == ["Bob <script>alert(1)</script>", "10", "graded", "-", "1"]
    assert rows["students"][3][2:] == ["25", "graded", "late", "2"]
    assert rows["students"][5][2:4] == ["-", "grader fault"]
    assert rows["checks"][1][:3] == ["q2: requirement b (hidden)", "40 %", ""]
    assert rows["questions"][2][1:4] == ["40 %", "20 %", "0.53"]
    assert rows["mistakes"][1] == ["q2", "3", "50 %", VARIANCE]


def test_a_key_leads_to_the_report_where_there_is_one() -> None:
    made = cohort(standing('a b"/../<x>', report([check("a")], [])), standing("c", None, "missing"))
    links = Outline(class_page(made, reports="../out put")).all("a")
    wanted = "../out%20put/a%20b%22%2F..%2F%3Cx%3E.html"
    assert {link["href"] for link in links} == {wanted}
    assert "javascript:" not in class_page(made, reports="javascript:x")


def test_the_page_is_accessible() -> None:
    page = class_page(small())
    outline = Outline(page)
    assert page.startswith("<!DOCTYPE html>")
    assert outline.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert {a["scope"] for a in outline.all("th")} == {"col", "row"}
    assert len(outline.all("table")) == len(outline.all("caption"))
    ids = {attrs.get("id") for _, attrs in outline.tags}
    naming = [attrs.get("aria-labelledby") or "" for _, attrs in outline.tags]
    assert {name for names in naming for name in names.split()} <= ids
    assert all(a.get("aria-labelledby") for a in outline.all("section"))
    pictures = [a for a in outline.all("svg") if a.get("aria-hidden") != "true"]
    assert [a["role"] for a in pictures] == ["img"]
    assert Counter(tag for tag, _ in outline.tags)["desc"] == 1
    policy = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)[0]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert page.count("http") == page.count("http-equiv") + page.count("http://x.example")


# The terminal.

GOLD: dict[str, Callable[[], str]] = {
    "class.html": lambda: class_page(small()),
    "class-60.txt": lambda: class_text(small(), width=60, command=COMMAND),
    "class-80.txt": lambda: class_text(small(), width=80, command=COMMAND),
    "class-ascii.txt": lambda: class_text(small(), width=60, unicode=False, command=COMMAND),
    "class-color.txt": lambda: class_text(small(), width=60, color=True, command=COMMAND),
}


@pytest.mark.parametrize("name", GOLD)
def test_text_is_as_it_was_read(name: str) -> None:
    """REGOLD=1 writes the files anew: read them then."""
    path, made = GOLDEN / name, GOLD[name]()
    if os.environ.get("REGOLD"):
        path.write_text(made, encoding="utf-8", newline="\n")
    assert made == path.read_bytes().decode("utf-8")


def test_no_golden_file_is_left_over_and_colour_says_nothing_alone() -> None:
    ours = {p.name for p in GOLDEN.glob("class*") if p.suffix in (".txt", ".html")}
    assert ours - {"class-changes.txt"} == set(GOLD)
    plain = re.sub(r"\x1b\[\d+m", "", GOLD["class-color.txt"]())
    assert plain == GOLD["class-60.txt"]() != GOLD["class-color.txt"]()
    assert GOLD["class-ascii.txt"]().isascii()


@quick
@given(cohorts, st.sampled_from((0, 40, 60, 80, 200)), st.booleans())
def test_the_summary_fits_any_screen(made: Cohort, width: int, unicode: bool) -> None:
    text = class_text(made, width=width, unicode=unicode, command="COMMAND")
    wide = max(40, min(width, 100))
    assert [row for row in text.split("\n") if cells(row) > wide] == []
    assert "\x1b" not in text
    assert text.endswith("\n")
    assert unicode or text.encode("cp1252")


def only(status: str, made: Report | None = None) -> Cohort:
    return cohort(standing("a", made, status))


@pytest.mark.parametrize(
    ("made", "last"),
    [
        (
            small(),
            ["next: 1 needs a person: mend the grader or decide the answer; to grade", "CMD"],
        ),
        (only("not gradable"), ["next: tell whoever sent 1 submission that cannot be graded why"]),
        (only("missing"), ["next: nothing was handed in: is this the right folder?"]),
        (cohort(), ["next: no student is known: name the folder with their work, then", "CMD"]),
        (only("graded", report([check("a")], [])), ["next: nothing is left open"]),
        (only("timed out", report([check("a")], [])), ["next: nothing is left open"]),
    ],
)
def test_the_next_step(made: Cohort, last: list[str]) -> None:
    text = class_text(made, width=100, command="CMD")
    *_, end = text.split("\n\n")
    rows = [row.strip() for row in end.strip().split("\n")]
    assert len(rows) == len(last)
    assert all(row.startswith(said) for row, said in zip(rows, last, strict=True)), rows


def test_many_faults_are_counted_and_a_few_are_named() -> None:
    broke = small().standings[4].report
    made = cohort(*(standing(f"s{n}", broke, "grader fault", reason="why") for n in range(8)))
    text = class_text(made)
    assert [f"s{n}: why" in text for n in range(8)] == [True] * 5 + [False] * 3
    assert "and 3 more, in the class report" in text
    assert "next: 8 need a person" in text
    assert "no scores yet" in text


@pytest.mark.parametrize(
    ("numbers", "options", "line"),
    [
        ((312, 1000, 3, 12.95), {}, "312 of 1000 · 24.1 a second · 29 s left · 3 to look at"),
        (
            (312, 1000, 3, 12.95),
            {"unicode": False},
            "312 of 1000 - 24.1 a second - 29 s left - 3 t",
        ),
        ((312, 1000, 3, 12.95), {"width": 38}, "312 of 1000 · 29 s left"),
        ((312, 1000, 3, 12.95), {"width": 39}, "312 of 1000 · 29 s left · 3 to look at"),
        ((312, 1000, 0, 12.95), {}, "312 of 1000 · 24.1 a second · 29 s left"),
        ((0, 1000, 0, 5), {}, "0 of 1000"),
        ((0, 0, 0, 0), {}, "0 of 0"),
        ((5, 10, 0, 0), {}, "5 of 10"),
        ((5, 10, 0, float("inf")), {}, "5 of 10"),
        ((5, 10, 0, float("nan")), {}, "5 of 10"),
        ((10, 10, 1, 5), {}, "10 of 10 · 2.0 a second · 1 to look at"),
        ((1, 61, 0, 60), {}, "1 of 61 · 1.0 a minute · 60 min left"),
        ((1, 1000, 0, 100), {}, "1 of 1000 · 0.6 a minute · 27 h 45 min left"),
        ((6000, 9000, 0, 2), {}, "6000 of 9000 · 3,000 a second · 1 s left"),
        ((10**9, 10**12, 10**6, 1e4), {"width": 40}, "1000000000 of 1000000000000"),
        ((10**9, 10**12, 10**6, 1e4), {"width": 20}, "1000000000 of 1000…"),
    ],
)
def test_the_live_line(numbers: tuple, options: dict, line: str) -> None:
    made = live(*numbers, **options)
    assert made == line if options.get("unicode", True) else made.startswith(line)


@quick
@given(
    st.integers(0, 10**12),
    st.integers(0, 10**12),
    st.integers(0, 10**9),
    st.floats(),
    st.integers(1, 120),
    st.booleans(),
)
def test_the_live_line_fits(done, total, failed, seconds, width, unicode) -> None:
    line = live(done, total, failed, seconds, width=width, unicode=unicode)
    assert cells(line) <= max(width - 1, 3)
    assert "\n" not in line
    assert unicode == (not line.isascii()) or "·" not in line
