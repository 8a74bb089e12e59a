"""Columns of numbers in tables that people made, of every shape that they hand in."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograder.assignment import Handin
from autograder.checks.columns import plain, read_columns
from autograder.checks.failure import CheckFailed
from autograder.checks.files import Files
from autograder.wall.exchange import Exchange

WANTED = {"w1": (), "E": ("E total",), "dE/dw1": ("∂E/∂w1",)}
QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
NUMBER = st.floats(-1e6, 1e6)


def read(rows: list[list[Any]], wanted: Any = WANTED) -> dict[str, list[float]]:
    found = read_columns(rows, wanted, lambda: rows)
    assert all(column.dtype == np.float64 for column in found.values())
    return {name: column.tolist() for name, column in found.items()}


def finding(rows: list[list[Any]], formulas: Any = None) -> str:
    with pytest.raises(CheckFailed) as failed:
        read_columns(rows, WANTED, lambda: formulas or rows)
    return f"{failed.value.finding.message}; {failed.value.finding.hint}"


@QUICK
@given(
    numbers=st.lists(st.tuples(NUMBER, NUMBER, NUMBER), min_size=1, max_size=5),
    order=st.permutations(range(5)),
    heads=st.tuples(
        st.sampled_from(["w1", "W 1", " w₁ ", "(w1)"]),
        st.sampled_from(["E", "e", "E_total", "E Total:"]),
        st.sampled_from(["dE/dw1", "de_dW1", "∂E/∂w1"]),
    ),
    above=st.lists(st.sampled_from([[], [None], ["my table", 3], ["w1"], ["", "E", 0.5]])),
    gap=st.sampled_from([[], [None] * 5, [""] * 5]),
)
def test_columns_are_found_whatever_stands_around_them(
    numbers: list[Any], order: list[int], heads: Any, above: list[Any], gap: list[Any]
) -> None:
    lines = [[*heads, "step", ""], *([*row, "note", None] for row in numbers)]
    turned = [[line[place] for place in order] for line in lines]
    got = read([*above, turned[0], gap, *turned[1:], gap])
    assert list(got) == list(WANTED)
    assert list(zip(*got.values(), strict=True)) == numbers


HEADS = ["w1", "E", "dE/dw1"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "lacks 3 of its 3 columns: w1, E, dE/dw1; name each column"),
        ([["w1", "E"], [1, 2]], "lacks 1 of its 3 columns: dE/dw1"),
        ([["w1;E;dE/dw1"], ["1;2;3"]], "commas part the columns"),
        ([[None]] * 60 + [HEADS, [1, 2, 3]], "lacks 3 of its 3 columns"),
        ([HEADS], "no line of numbers"),
        ([["a", 1], HEADS, [], [None, "", None]], "no line of numbers"),
        ([HEADS, [1, 2, 3], [1, "2,5", 3]], "line 3, column 2 of the table holds no number"),
        ([HEADS, [1, 2]], "line 2, column 3 of the table holds no number; write plain"),
        ([HEADS, [1, True, 2]], "column 2 of the table holds no number"),
        ([HEADS, [1, 2, float("nan")]], "column 3 of the table holds no number"),
        ([HEADS, [1, 2, -1e9]], "column 3 of the table holds no number"),
        ([HEADS, [10**400, 2, 3]], "column 1 of the table holds no number"),
        ([HEADS, [1, 2, "inf"]], "column 3 of the table holds no number"),
    ],
)
def test_what_cannot_be_read_is_told(rows: list[list[Any]], said: str) -> None:
    assert said in finding(rows)


def test_a_long_list_of_missing_columns_is_cut() -> None:
    with pytest.raises(CheckFailed, match=r"lacks 9 of its 9 columns: c0, c1, c2, c3, \.\.\."):
        read([["d"]], {f"c{k}": () for k in range(9)})


def test_a_formula_without_a_value_says_what_to_do() -> None:
    rows = [HEADS, [1, 2, 3], [None, 2, 3]]
    said = finding(rows, [HEADS, [1, 2, 3], ["=A2-B2", 2, 3]])
    assert "line 3, column 1 of the table is a formula" in said and "save it there" in said
    assert "holds no number" in finding(rows, [HEADS])


def test_of_two_columns_with_one_head_the_first_is_read() -> None:
    assert read([["E", "w1", "E total", "e", "dE/dw1"], [1, 2, 3, 4, 5]])["E"] == [1.0]


def test_numbers_stored_as_text_count() -> None:
    assert read([HEADS, ["1.5", " 2 ", "-3e-2"]]) == {"w1": [1.5], "E": [2.0], "dE/dw1": [-0.03]}


def test_wanted_heads_that_read_alike_are_the_graders_fault() -> None:
    with pytest.raises(ValueError, match="read alike"):
        read([["a"], [1]], {"a": (), "b": ("A!",)})
    assert read([["a"], [1]], {"a": ("A", "a.")}) == {"a": [1.0]}


@pytest.mark.parametrize(
    ("head", "read"),
    [("∂E/∂w₁", "ew1"), (" W_1 ", "w1"), (None, "none"), (1.5, "15"), ("σ²", "σ2")],
)
def test_of_a_head_letters_and_digits_count(head: Any, read: str) -> None:
    assert plain(head) == read


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def files(folder: Path, name: str, data: bytes) -> Files:
    (folder / name).write_bytes(data)
    return Files(folder, (Handin(name),), Exchange.around({}))


@QUICK
@given(data=st.binary(max_size=60) | st.text('we1,\n"=.-\x00', max_size=40).map(str.encode))
@example(data=b"w1,E,dE/dw1\n1,2,3\n")
@example(data=b"w1,E,dE/dw1\n" + b"1," * 100_000)
@example(data=b"\xef\xbb\xbfw1,E,dE/dw1\n1_0,\xd9\xa3,1e308\n")
def test_any_file_has_its_columns_or_fails_the_check(folder: Path, data: bytes) -> None:
    try:
        found = files(folder, "table.csv", data).columns("table.csv", WANTED)
    except CheckFailed as failed:
        assert failed.finding.kind == "type"
        return
    assert list(found) == list(WANTED)
    assert all(np.isfinite(column).all() and column.ndim == 1 for column in found.values())


@QUICK
@given(numbers=st.lists(st.tuples(NUMBER, NUMBER, NUMBER), min_size=1, max_size=4))
def test_a_written_csv_comes_back(folder: Path, numbers: list[tuple[float, ...]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([HEADS, *numbers])
    found = files(folder, "table.csv", out.getvalue().encode()).columns("table.csv", WANTED)
    assert np.stack(list(found.values()), axis=1).tolist() == [list(row) for row in numbers]


def test_a_spreadsheet_gives_its_values_and_tells_formulas_apart(folder: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in ([], ["rate", 0.5], HEADS, [0.15, 0.25, "=A4*2"]):
        book.active.append(row)
    path = folder / "table.xlsx"
    book.save(path)
    with pytest.raises(CheckFailed, match="line 4, column 3 of the table is a formula"):
        files(folder, "table.xlsx", path.read_bytes()).columns("table.xlsx", WANTED)
    book.active["C4"] = 0.3
    book.save(path)
    found = files(folder, "table.xlsx", path.read_bytes()).columns("table.xlsx", WANTED)
    assert {name: column.tolist() for name, column in found.items()} == {
        "w1": [0.15],
        "E": [0.25],
        "dE/dw1": [0.3],
    }


DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<path/>" * 80 + b"</svg>"


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (DRAWING, True),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?>\n<!-- drawn -->" + DRAWING, True),
        (DRAWING.upper(), True),
        (b"\x89PNG\r\n\x1a\n" + bytes(600), True),
        (b"\xff\xd8\xff\xe0" + bytes(600), True),
        (b"%PDF-1.7\n" + bytes(600), True),
        (b'<svg:svg xmlns:svg="x">' + bytes(600) + b"<svg:image href='x'/></svg:svg>", True),
        (b"", False),
        (b"<svg>" + b" " * 600 + b"</svg>", False),
        (b"<svg>" + b"<title>a path</title>" * 60 + b"</svg>", False),
        (b'<svg width="640"></svg>', False),
        (b"\x89PNG\r\n\x1a\n", False),
        (b"<!DOCTYPE html><html><body>" + DRAWING, False),
        (b"import matplotlib" * 50, False),
        (b"see " + DRAWING, False),
        (bytes(600), False),
    ],
)
def test_a_picture_is_told_by_its_content(folder: Path, data: bytes, shown: bool) -> None:
    plot = files(folder, "plot.svg", data)
    if shown:
        assert plot.picture("plot.svg") == folder / "plot.svg"
        return
    with pytest.raises(CheckFailed, match=rf"plot\.svg \({len(data)} bytes\) is no picture"):
        plot.picture("plot.svg")


def test_a_picture_may_come_under_another_name(folder: Path) -> None:
    (folder / "plot.pdf").write_bytes(b"%PDF" + bytes(600))
    handin = Handin("drawn.svg", instead=("plot.pdf",))
    plot = Files(folder, (handin,), Exchange.around({}))
    assert plot.picture("drawn.svg").name == "plot.pdf"
    with pytest.raises(CheckFailed, match=r"no other\.svg was handed in"):
        Files(folder, (Handin("other.svg"),), Exchange.around({})).picture("other.svg")
