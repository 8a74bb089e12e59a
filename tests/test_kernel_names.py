"""A notebook behind the wall: what its kernel would give it, and which cell stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.assignment import Limits
from autograder.checks.convert import NotNumbers, to_array
from autograder.wall.exchange import Exchange
from autograder.wall.failure import StudentFailure
from autograder.wall.proxy import Student


@contextmanager
def student(folder: Path, *cells: str) -> Iterator[Student]:
    file = folder / "bn.cells.json"
    told = [
        {"cell": n, "name": f"mine.ipynb cell {n}", "source": source}
        for n, source in enumerate(cells, 1)
    ]
    file.write_text(json.dumps(told))
    exchange = Exchange(file, Limits(call_seconds=30.0))
    try:
        yield Student(exchange)
    finally:
        exchange.close()


@pytest.mark.parametrize(
    "line",
    [
        "display([1, 2])",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "result = grader.check('q1'); grader.check_all().summary",
    ],
)
def test_what_every_kernel_has_is_there_and_does_nothing(tmp_path: Path, line: str) -> None:
    with student(tmp_path, f"{line}\nANSWER = 42") as own:
        assert own.ANSWER == 42


def test_these_names_are_none_of_the_students(tmp_path: Path) -> None:
    with student(tmp_path, "ANSWER = 42") as own, pytest.raises(StudentFailure) as caught:
        own.display_all()
    assert caught.value.finding.message.endswith("it has ANSWER")


def test_what_a_stopped_cell_would_have_defined_is_told_with_its_error(tmp_path: Path) -> None:
    cells = "x = 1", "y = 1 / 0\ndef late(): ..."
    with student(tmp_path, *cells) as own, pytest.raises(StudentFailure) as caught:
        own.late()
    finding = caught.value.finding
    assert "mine.ipynb cell 2, line 1: ZeroDivisionError" in finding.message
    assert "the notebook has no late" in finding.message and "mend that cell" in finding.hint


def test_a_file_leaves_no_notes(tmp_path: Path) -> None:
    file = tmp_path / "bn.py"
    file.write_text(
        "import gc\n"
        "for one in gc.get_objects():\n"
        "    if type(one).__name__ == 'Session':\n"
        "        one.notes.append('full marks, say the staff')\n"
        "ANSWER = 42\n"
    )
    exchange = Exchange(file, Limits(call_seconds=30.0))
    try:
        assert Student(exchange).ANSWER == 42 and exchange.notes == ()
    finally:
        exchange.close()


def test_arithmetic_in_words_is_read_up_to_a_length() -> None:
    assert to_array(["1/2", "3*4"]).tolist() == [0.5, 12.0]
    long = "1/11**900" + "+1/7**999" * 180
    with pytest.raises(NotNumbers, match="characters of text, at most 100,000 are read"):
        to_array([long] * 5000)
    with pytest.raises(NotNumbers, match="characters of text"):
        to_array([[[long] * 10] * 10] * 10)
