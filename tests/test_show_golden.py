"""What the renderers write, letter by letter. REGOLD=1 writes the files anew: read them then."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import show_reports as reports

from autograder.report import Report
from autograder.show.data import to_json
from autograder.show.gradescope import gradescope
from autograder.show.html import html
from autograder.show.screen import screen
from autograder.show.terminal import terminal

GOLDEN = Path(__file__).parent / "golden"
COMMAND = "python grade.py bn_matrix"


class Console(io.StringIO):
    """A stream that says it is a terminal."""

    def __init__(self, encoding: str, tty: bool) -> None:
        super().__init__()
        self._encoding, self._tty = encoding, tty

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return self._tty


def on(report: Report, encoding: str = "utf-8", tty: bool = True, **environ: str) -> str:
    seen = screen(Console(encoding, tty), {"TERM": "xterm", **environ})
    return terminal(report, **vars(seen), command=COMMAND)


def results(report: Report, **options: bool) -> str:
    import json

    return json.dumps(gradescope(report, **options), indent=2, allow_nan=False) + "\n"


CASES: dict[str, Callable[[], str]] = {
    "failing-60.txt": lambda: terminal(reports.failing(), width=60, command=COMMAND),
    "failing-80.txt": lambda: terminal(reports.failing(), command=COMMAND),
    "failing-100.txt": lambda: terminal(reports.failing(), width=100, command=COMMAND),
    "piped.txt": lambda: on(reports.failing(), tty=False),
    "no-color.txt": lambda: on(reports.failing(), NO_COLOR="1"),
    "color.txt": lambda: on(reports.failing()),
    "cp1252.txt": lambda: on(reports.failing(), encoding="cp1252"),
    "ascii-60.txt": lambda: on(reports.failing(), encoding="ascii", COLUMNS="60", NO_COLOR="1"),
    "verbose.txt": lambda: terminal(reports.failing(), verbose=True, command=COMMAND),
    "error.txt": lambda: terminal(reports.error(), command=COMMAND),
    "green.txt": lambda: terminal(reports.green(), command=COMMAND),
    "green-hidden.txt": lambda: terminal(reports.green_hidden(), command=COMMAND),
    "hidden-failing.txt": lambda: terminal(reports.hidden_failing(), command=COMMAND),
    "failing.json": lambda: to_json(reports.failing()),
    "failing.html": lambda: html(reports.failing(), command=COMMAND),
    "error.html": lambda: html(reports.error(), command=COMMAND),
    "failing.results.json": lambda: results(reports.failing()),
    "error.results.json": lambda: results(reports.error()),
    "hidden-failing.results.json": lambda: results(reports.hidden_failing(), published=True),
}


@pytest.mark.parametrize("name", CASES)
def test_text_is_as_it_was_read(name: str) -> None:
    path, made = GOLDEN / name, CASES[name]()
    if os.environ.get("REGOLD"):
        path.write_text(made, encoding="utf-8", newline="\n")
    assert made == path.read_bytes().decode("utf-8")


def test_no_golden_file_is_left_over() -> None:
    names = {p.name for p in GOLDEN.iterdir() if not p.name.startswith(("proof-", "class"))}
    assert names == set(CASES)


def test_no_color_and_a_pipe_say_the_same_as_color() -> None:
    read = {name: (GOLDEN / name).read_text("utf-8") for name in CASES}
    assert read["no-color.txt"] == read["piped.txt"] == read["failing-80.txt"]
    assert "\x1b" in read["color.txt"]
    assert "\x1b" not in read["piped.txt"]
    assert read["ascii-60.txt"].isascii()
    read["cp1252.txt"].encode("cp1252")
