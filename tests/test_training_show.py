"""What `grade train` says: lines that fit, a picture that parses, whatever the claims."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.report import Finding
from autograder.show import curves as pictures
from autograder.show import training as show
from autograder.show.curves import curves
from autograder.show.layout import cells
from autograder.show.screen import Screen

PLAIN = Screen(80, False, True)
SVG = "{http://www.w3.org/2000/svg}"
TOLD = {
    "assignment": "digits",
    "dataset": "mnist",
    "device": "cpu",
    "threads": 2,
    "seed": 0,
    "epochs": 15,
    "parameters": 8000,
    "seconds": 3600,
}
ROW = {
    "kind": "step",
    "epoch": 3.4,
    "samples": 204_000,
    "loss": 0.2141,
    "accuracy": 98.123,
    "lr": 0.0871,
    "seconds": 20.4,
}


def whole(**more: Any) -> dict[str, Any]:
    history = [
        {"epoch": n, "samples": 100 * n, "loss": 1 / n, "accuracy": 90 + n, "lr": 0.1 / n}
        for n in range(1, 6)
    ]
    told = {"assignment": "digits", "dataset": "mnist", "budget": {"epochs": 5}, "epochs": 5.0}
    best = {"epoch": 5, "accuracy": 95.0}
    more = {"accuracy": 95.0, "best": best, "seconds": 61.0, "history": history, **more}
    return {**told, **more}


def test_the_head_tells_assignment_data_device_and_budget() -> None:
    assert show.head(TOLD, PLAIN).splitlines() == [
        "graded descent · train digits · mnist · cpu, 2 threads",
        "budget: 15 epochs, fewer than 8,000 parameters, 1:00 h at most; seed 0",
    ]
    free = {**TOLD, "device": "cuda", "parameters": 0, "seconds": 0.0, "epochs": 1}
    assert show.head(free, replace(PLAIN, unicode=False)).splitlines() == [
        "graded descent - train digits - mnist - cuda (an NVIDIA GPU)",
        "budget: 1 epoch; seed 0",
    ]


def test_a_row_of_progress_is_one_line() -> None:
    line = "epoch 3.4/15 · 1:10 min left · loss 0.2141 · 98.12 % · lr 0.0871 · 10,000 images/s"
    assert show.progress(ROW, 15, Screen(100)) == line
    assert show.progress(ROW, 15, Screen(60)) == line.split(" · lr")[0]
    assert show.progress({"kind": "step"}, 15, PLAIN) == "epoch 0/15"
    lost = show.progress({**ROW, "loss": math.nan}, 15, PLAIN)
    assert "loss nan" in lost


def test_a_redrawn_line_covers_the_one_before() -> None:
    assert show.redrawn("abc", Screen(40)) == "\rabc" + " " * 36


numbers = st.integers(0, 10**15) | st.floats() | st.sampled_from([None, math.inf, -1.0])


@given(
    row=st.fixed_dictionaries(
        {"epoch": numbers, "seconds": numbers, "samples": numbers},
        optional=dict.fromkeys(("loss", "accuracy", "lr"), numbers),
    ),
    width=st.integers(40, 100),
    unicode=st.booleans(),
)
@settings(deadline=None, database=None, max_examples=150, derandomize=True)
def test_any_row_fits_on_any_screen(row: dict[str, Any], width: int, unicode: bool) -> None:
    line = show.progress(row, 15, Screen(width, False, unicode))
    assert cells(line) < width and "\n" not in line and (unicode or line.isascii())


@pytest.mark.parametrize(
    ("parameters", "limit", "said"),
    [
        (7999, 8000, ""),
        (None, 8000, ""),
        (10**6, 0, ""),
        (8000, 8000, "note: your model has 8,000 parameters: fewer than 8,000 were wanted\n"),
    ],
)
def test_too_many_parameters_are_told_at_the_start(parameters: Any, limit: int, said: str) -> None:
    assert show.start(parameters, limit, PLAIN) == said


def test_the_ending_tells_accuracy_files_and_the_next_command() -> None:
    said = show.ending(whole(), ["w", "t"], ["w.bak"], "grade digits", PLAIN)
    assert said.splitlines() == [
        "accuracy 95.00 % on the held-out images after 5 epochs in 1:01 min",
        "written: w, t",
        "the earlier ones are kept as: w.bak",
        "next: grade digits",
    ]
    later = whole(accuracy=93.0, best={"epoch": 4, "accuracy": 95.0})
    assert "(best: 95.00 % at epoch 4)" in " ".join(
        show.ending(later, ["w"], [], "x", PLAIN).split()
    )
    never = show.ending(whole(accuracy=None, best=None), ["w"], [], "x", PLAIN)
    assert never.startswith("no accuracy was measured after 5 epochs")
    assert show.ending(whole(), [], [], "again", PLAIN) == "next: again\n"


def test_why_it_ended_early_is_said_once_with_what_was_printed() -> None:
    finding = Finding("raised", "train raised KeyError: 'x'", traceback="net.py:3 in train")
    said = show.stopped(finding, "one\n\x1b[31mtwo\n", True, PLAIN)
    assert "train raised KeyError" in said and "net.py:3" in said
    assert "your code printed last:\n  one\n  two\nthe best state so far is kept\n" in said
    assert show.stopped(None, "", False, PLAIN) == "stopped\nno weights were written\n"


@pytest.mark.parametrize("width", [40, 60, 100])
def test_every_text_fits_its_screen(width: int) -> None:
    look = Screen(width, False, False)
    finding = Finding("value", "word " * 40, hint="hint " * 30)
    texts = [show.head(TOLD, look), show.start(9999, 8000, look)]
    texts += [show.stopped(finding, "x" * 300, False, look)]
    texts += [show.ending(whole(), ["a" * 9] * 9, ["b"], "grade digits", look)]
    for line in "".join(texts).splitlines():
        assert len(line) <= width and line.isascii()


def read(told: dict[str, Any]) -> ET.Element:
    return ET.fromstring(curves(told))


def test_the_picture_holds_every_curve_with_its_name() -> None:
    root = read(whole())
    assert root.find(f"{SVG}title").text == "Training of digits on mnist"  # type: ignore[union-attr]
    about = root.find(f"{SVG}desc").text  # type: ignore[union-attr]
    assert about == "Accuracy 95.00 % after 5 epochs; the best was 95.00 % at epoch 5."
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert {curve.name for curve in pictures.CURVES} <= set(texts) and "epoch" in texts
    lines = list(root.iter(f"{SVG}polyline"))
    assert [len(line.attrib["points"].split()) for line in lines] == [5, 5, 5]


def test_a_curve_rises_where_its_values_rise() -> None:
    accuracy, loss, _ = (line.attrib["points"] for line in read(whole()).iter(f"{SVG}polyline"))
    places = [[tuple(map(float, p.split(","))) for p in x.split()] for x in (accuracy, loss)]
    assert places[0][0][0] < places[0][-1][0]
    assert places[0][0][1] > places[0][-1][1] and places[1][0][1] < places[1][-1][1]


@pytest.mark.parametrize(
    "history",
    [
        [],
        [{"epoch": 1, "accuracy": 50.0, "loss": None, "lr": None}],
        [{"epoch": n, "accuracy": 10.0, "loss": 0.0, "lr": 1e-9} for n in (1, 2)],
        [{"epoch": n, "accuracy": 10.0 * n, "loss": math.nan, "lr": 0.1} for n in (1, 2, 3)],
        [{"epoch": None, "accuracy": None, "loss": None, "lr": None}] * 3,
    ],
)
def test_little_or_nothing_is_drawn_without_an_error(history: list[dict[str, Any]]) -> None:
    root = read(whole(history=history, best=None, accuracy=None))
    assert ("not noted" in curves(whole(history=history))) or list(root.iter(f"{SVG}polyline"))


def test_a_gap_is_not_bridged() -> None:
    rows = whole()["history"]
    rows[2] = {**rows[2], "loss": None}
    lines = list(read(whole(history=rows)).iter(f"{SVG}polyline"))
    assert sorted(len(line.attrib["points"].split()) for line in lines) == [2, 2, 5, 5]


def test_names_are_escaped() -> None:
    root = read(whole(assignment="<a&b>", dataset='"'))
    assert root.find(f"{SVG}title").text == 'Training of <a&b> on "'  # type: ignore[union-attr]


values = st.none() | st.floats(-1e12, 1e12) | st.floats(1e-12, 1e-6)
rows = st.fixed_dictionaries(dict.fromkeys(("epoch", "accuracy", "loss", "lr"), values))


@given(history=st.lists(rows, max_size=8), epochs=st.integers(1, 500))
@settings(deadline=None, database=None, max_examples=100, derandomize=True)
def test_any_history_gives_a_picture_inside_its_frame(
    history: list[dict[str, Any]], epochs: int
) -> None:
    for row in history:
        row["epoch"] = abs(row["epoch"]) if row["epoch"] is not None else None
    root = read(whole(history=history, budget={"epochs": epochs}))
    for line in root.iter(f"{SVG}polyline"):
        for place in line.attrib["points"].split():
            x, y = map(float, place.split(","))
            assert -0.1 <= x <= pictures.WIDTH + 0.1 and -0.1 <= y <= pictures.HEIGHT + 0.1
    assert len(list(root.iter(f"{SVG}text"))) < 80
