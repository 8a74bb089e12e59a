"""A class at once: nobody lost, nobody graded twice, and a kill at any moment changes nothing."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignment import load
from autograder.classroom.fingerprint import grader_digest
from autograder.classroom.journal import Entry, Journal, JournalError
from autograder.grading import grade
from autograder.submission import open_submission

pytest.importorskip("sqlalchemy")
COURSE = Path(__file__).parent / "samples" / "course"
RIGHT = (COURSE / "solutions" / "small" / "small.py").read_text()
SKELETON = (COURSE / "assignments" / "small" / "small.py").read_text()
RUN = "from autograder.cli import main; main()"
CLASS = {
    "ada": RIGHT,
    "alan": RIGHT.replace("axis=0", "axis=1"),
    "barbara": SKELETON,
    "claude": RIGHT.replace("* channels", ""),
    "donald": RIGHT.replace("return width", "while True: pass\n    return width"),
    "edsger": RIGHT.replace("return x /", "x = bytearray(2**32)\n    return x /"),
    "frances": RIGHT + "\n\n# the same answers in another file\n",
    "grace": "import os\nos._exit(3)\n",
    "hal": "while True: pass\n",
    "hedy": "def means(x:\n",
    "ivan": RIGHT.replace("return np.mean", "return float('nan') * np.mean"),
    "joan": RIGHT,
    "katherine": RIGHT.replace("keepdims=True", "keepdims=False"),
}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course folder with a class that handed in: `course/work/NAME/small.py`."""
    course = tmp_path / "course"
    shutil.copytree(COURSE, course)
    for name, text in CLASS.items():
        (course / "work" / name).mkdir(parents=True)
        (course / "work" / name / "small.py").write_text(text)
    (course / "work" / "lost").mkdir()
    (course / "work" / "lost" / "essay.txt").write_text("sorry")
    rows = [f"{name},{name}@example.org" for name in (*sorted(CLASS), "lost", "zuse")]
    (course / "roster.csv").write_text("\n".join(["name,email", *rows]) + "\n")
    return course


def begin(course: Path, *more: str, out: str = "out") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUN, "batch", "small", "work", "-o", out, "-j", "2", *more]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=course, text=True, stdout=pipe, stderr=pipe)


def batch(course: Path, *more: str, out: str = "out") -> tuple[int, str, str]:
    process = begin(course, *more, out=out)
    said, beside = process.communicate(timeout=120)
    return process.returncode, said, beside


def rows(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "gradebook.csv").open(newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def made(folder: Path) -> dict[str, bytes]:
    names = ("gradebook.csv", "gradebook.db", "gradescope.csv", "canvas.csv")
    return {name: (folder / name).read_bytes() for name in names}


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()[1:]]


def test_everybody_has_a_row_and_an_outcome(course: Path) -> None:
    code, said, beside = batch(course, "--roster", "roster.csv")
    assert code == 0, beside
    found = rows(course / "out")
    assert sorted(found) == sorted([*CLASS, "lost", "zuse"])
    status = {name: row["status"] for name, row in found.items()}
    assert status.pop("lost") == "not gradable" and "small.py is missing" in found["lost"]["reason"]
    assert status.pop("zuse") == "missing" and status.pop("donald") == "timed out"
    assert status.pop("hal") == "timed out" and "importing" in found["hal"]["reason"]
    assert status.pop("edsger") == "out of memory"
    assert set(status.values()) == {"graded"}
    scores = {name: float(row["score"]) for name, row in found.items() if row["score"]}
    assert scores["ada"] == scores["frances"] == scores["joan"] == 100
    assert scores["barbara"] == scores["grace"] == scores["hedy"] == 0
    assert scores["alan"] == 70 and scores["donald"] == 70 and scores["edsger"] == 60
    assert {p.stem for p in (course / "out" / "reports").iterdir()} >= {"ada", "lost"}
    page = (course / "out" / "class.html").read_text()
    assert 'href="reports/ada.html"' in page and "zuse" in page
    assert "15 students" in said and "timed out" in said


def test_one_by_one_gives_the_same_scores(course: Path, tmp_path: Path) -> None:
    assert batch(course)[0] == 0
    found, assignment = rows(course / "out"), load("small", course)
    for name in CLASS:
        into = tmp_path / "one" / name
        submission = open_submission(course / "work" / name, assignment, into)
        report = grade(assignment, submission)
        assert float(found[name]["score"]) == report.earned, name
        for question in report.questions:
            assert float(found[name][question.id]) == question.earned, (name, question.id)


def test_equal_work_is_graded_once_and_each_has_a_report_of_their_own(course: Path) -> None:
    (course / "work" / "joan" / "my notes.txt").write_text("private")
    assert batch(course)[0] == 0
    keys = [line["key"] for line in lines(course / "out")]
    assert len(keys) == len(set(keys)) == len(CLASS) - 1
    reports = {n: (course / "out" / "reports" / f"{n}.html").read_text() for n in ("ada", "joan")}
    assert "my notes" in reports["joan"] and "my notes" not in reports["ada"]


def test_a_kill_at_any_moment_changes_nothing(course: Path) -> None:
    assert batch(course, "--roster", "roster.csv", out="calm")[0] == 0
    wanted, disturbed = made(course / "calm"), course / "out"
    for kept in (0, 1, 4, 7, 10, 11):
        process = begin(course, "--roster", "roster.csv")
        end = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            journal = disturbed / "journal.jsonl"
            if journal.exists() and journal.read_bytes().count(b"\n") > kept:
                break
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        with (disturbed / "journal.jsonl").open("ab") as file:
            file.write(b'{"key": "cut sho')  # as a write that was interrupted
    assert batch(course, "--roster", "roster.csv")[0] == 0
    assert made(disturbed) == wanted
    keys = [line["key"] for line in lines(disturbed)]
    assert len(keys) == len(set(keys)) == len(lines(course / "calm"))
    assert not left_over(course), "no process outlives the command"


def left_over(course: Path) -> list[str]:
    """Return the commands of processes that know the course folder, after they had time to end."""
    for _ in range(100):
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                own = str(course) == os.readlink(folder / "cwd")
            except OSError:
                continue
            found += [command] if own else []
        if not found:
            return []
        time.sleep(0.05)
    return found


def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(course: Path) -> None:
    process = begin(course)
    journal = course / "out" / "journal.jsonl"
    end = time.monotonic() + 60
    while not (journal.exists() and journal.read_bytes().count(b"\n") > 2):
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, beside = process.communicate(timeout=60)
    assert process.returncode == 130 and "the same command goes on" in beside
    assert "Traceback" not in beside and not left_over(course)
    before = len(lines(course / "out"))
    assert 2 <= before < len(CLASS) - 1
    assert batch(course)[0] == 0
    assert len(lines(course / "out")) == len(CLASS) - 1


def test_a_second_run_grades_nobody_and_writes_the_same(course: Path) -> None:
    assert batch(course)[0] == 0
    before, journal = made(course / "out"), (course / "out" / "journal.jsonl").read_bytes()
    assert batch(course)[0] == 0
    assert made(course / "out") == before
    assert (course / "out" / "journal.jsonl").read_bytes() == journal


def test_only_changed_work_is_graded_again(course: Path) -> None:
    assert batch(course)[0] == 0
    before = len(lines(course / "out"))
    (course / "work" / "alan" / "small.py").write_text(RIGHT + "# mended\n")
    assert batch(course)[0] == 0
    assert len(lines(course / "out")) == before + 1
    assert float(rows(course / "out")["alan"]["score"]) == 100


def edit_grader(course: Path, old: str, new: str) -> None:
    file = course / "solutions" / "small" / "test_hidden.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_changed_grader_is_not_mixed_in_unasked(course: Path) -> None:
    assert batch(course)[0] == 0
    before = made(course / "out")
    edit_grader(course, "close(reference.means(x))", "close(reference.means(x) + 1)")
    code, _, beside = batch(course)
    assert code == 2 and "--regrade" in beside and made(course / "out") == before
    code, said, beside = batch(course, "--regrade")
    assert code == 0, beside
    found = rows(course / "out")
    assert float(found["ada"]["score"]) == 80 and found["ada"]["attempts"] == "2"
    assert "ada" in said and "integers have means too" in said
    with (course / "out" / "changes.csv").open(newline="") as file:
        moved = {row["name"] for row in csv.DictReader(file)}
    assert "ada" in moved and "barbara" not in moved
    assert batch(course)[0] == 0


def test_graders_that_come_and_go_are_known_again(course: Path) -> None:
    assert batch(course)[0] == 0
    before, old, new = made(course / "out"), "reference.means(x))", "reference.means(x) + 1)"
    edit_grader(course, old, new)
    process = begin(course, "--regrade")
    journal, lines_before = course / "out" / "journal.jsonl", len(lines(course / "out"))
    end = time.monotonic() + 60
    while journal.read_bytes().count(b"\n") < lines_before + 4 and time.monotonic() < end:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    code, _, beside = batch(course)
    assert code == 2 and "--regrade" in beside and made(course / "out") == before
    edit_grader(course, new, old)
    assert batch(course)[0] == 0
    scores = {name: row["score"] for name, row in rows(course / "out").items()}
    assert scores["ada"] == "100"
    code, _, beside = batch(course, "--isolation", "off")
    assert code == 2 and "--isolation" in beside


def test_the_results_are_no_work_of_a_student(course: Path) -> None:
    assert batch(course, out="work/results")[0] == 0
    assert batch(course, out="work/results")[0] == 0
    assert "results" not in rows(course / "work" / "results")
    code, _, beside = batch(course, out="work")
    assert code == 2 and "name another folder" in beside


def test_a_gradebook_loses_nobody_to_another_folder(course: Path) -> None:
    assert batch(course)[0] == 0
    before = made(course / "out")
    (course / "other" / "zuse").mkdir(parents=True)
    (course / "other" / "zuse" / "small.py").write_text(RIGHT)
    shutil.move(course / "work", course / "away")
    shutil.move(course / "other", course / "work")
    code, _, beside = batch(course)
    assert code == 2 and "ada" in beside and made(course / "out") == before


def test_a_grader_that_breaks_never_takes_a_score(course: Path) -> None:
    assert batch(course)[0] == 0
    before = rows(course / "out")
    edit_grader(course, "x = rng.integers(0, 9", "x = rng.integer_s(0, 9")
    (course / "work" / "newcomer").mkdir()
    (course / "work" / "newcomer" / "small.py").write_text(RIGHT + "# late\n")
    code, said, _ = batch(course, "--regrade")
    found = rows(course / "out")
    assert code == 4
    assert found["ada"]["score"] == before["ada"]["score"] == "100"
    assert "the earlier score stands" in found["ada"]["reason"]
    assert found["ada"]["status"] == "earlier score" and "earlier score" in said
    assert found["newcomer"]["status"] == "grader fault" and found["newcomer"]["score"] == ""
    assert "newcomer" in said
    edit_grader(course, "x = rng.integer_s(0, 9", "x = rng.integers(0, 9")
    assert batch(course, "--regrade")[0] == 0
    assert float(rows(course / "out")["newcomer"]["score"]) == 100


BROKEN: dict[str, Callable[[Path], Any]] = {
    "another assignment's journal": lambda out: (out / "journal.jsonl").write_text(
        '{"journal":1,"assignment":"other"}\n'
    ),
    "a journal of nonsense": lambda out: (out / "journal.jsonl").write_text("hello\n{}\n{}\n"),
    "a folder in its place": lambda out: (out / "journal.jsonl").mkdir(),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_journal_that_cannot_be_used_is_told_in_words(course: Path, kind: str) -> None:
    (course / "out").mkdir()
    BROKEN[kind](course / "out")
    code, _, beside = batch(course)
    assert code == 2 and "journal.jsonl" in beside and "Traceback" not in beside


def test_two_runs_do_not_write_into_one_folder(course: Path) -> None:
    with Journal(course / "out" / "journal.jsonl", "small"):
        code, _, beside = batch(course)
    assert code == 2 and "in use" in beside


def test_paths_that_are_not_there_are_named(course: Path) -> None:
    code, _, beside = batch(course, "nowhere")
    assert code == 2 and "nowhere" in beside


ENTRIES = [Entry(f"k{n}", f"w{n}", "g", {"text": "line\nand é\u2028" * n}) for n in range(4)]


@given(cut=st.integers(0, 2000))
def test_a_journal_that_was_cut_short_keeps_what_is_whole(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    with Journal(path, "small") as journal:
        for entry in ENTRIES:
            journal.add(entry)
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    with Journal(path, "small") as journal:
        kept = len(journal.entries)
        assert journal.entries == ENTRIES[:kept]
        assert kept == max(0, whole[:cut].count(b"\n") - 1)
        journal.add(Entry("new", "w", "g", {}))
    with Journal(path, "small") as journal:
        assert journal.entries == [*ENTRIES[:kept], Entry("new", "w", "g", {})]


def test_damage_in_the_middle_of_a_journal_is_not_passed_over(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.jsonl", "small") as journal:
        for entry in ENTRIES:
            journal.add(entry)
    text = (tmp_path / "journal.jsonl").read_bytes()
    (tmp_path / "journal.jsonl").write_bytes(text.replace(b'{"key":"k1"', b'{"key:"k1"'))
    with pytest.raises(JournalError, match="damaged"):
        Journal(tmp_path / "journal.jsonl", "small")


def test_the_digest_of_a_grader_knows_what_a_score_depends_on(course: Path) -> None:
    assignment = load("small", course)
    first = grader_digest(assignment, None)
    assert grader_digest(assignment, None) == first != grader_digest(assignment, course)
    (course / "solutions" / "small" / "wrong").mkdir(exist_ok=True)
    (course / "solutions" / "small" / "wrong" / "one.py").write_text("")
    assert grader_digest(assignment, None) == first
    for file in ("assignments/small/test_public.py", "solutions/small/test_hidden.py"):
        (course / file).write_text((course / file).read_text() + "\n")
        second = grader_digest(assignment, None)
        assert second != first
        first = second
