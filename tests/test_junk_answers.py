"""Whatever crosses the wall, a comparison passes or fails; it never breaks the grader."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_wire import values

from autograder.assignment import Handin
from autograder.checks import CheckFailed, expect
from autograder.checks.describe import describe
from autograder.checks.failure import CannotJudge
from autograder.checks.files import Files
from autograder.checks.run import classify
from autograder.report import HIDDEN_MESSAGES, Outcome
from autograder.wall.exchange import Exchange
from autograder.wall.launch import Ref
from autograder.wall.proxy import Handle, Student
from autograder.wall.wire import Formula, FormulaMatrix

QUICK = settings(deadline=None, database=None, max_examples=60)
HANDLE = Handle(
    Exchange.around({}),
    Ref({"id": 1, "type": "set", "name": "", "file": "", "line": 0, "callable": False}),
)
EXTREMES = [
    None,
    HANDLE,
    [HANDLE],
    {"a": HANDLE},
    2**63,
    -(2**63),
    10**3500,
    Fraction(1, 10**3500),
    Fraction(10**3500, 7),
    float("nan"),
    float("-inf"),
    1e308,
    5e-324,
    complex("nan"),
    "9" * 3000,
    "1/0",
    "9**9**9",
    "x" * 3000,
    "\ud7ff\x00",
    b"\x00",
    [[]],
    [[], [1]],
    [[[[[[[[[[[[[[1]]]]]]]]]]]]]],
    [None, 1],
    [True, 2, 3.5],
    ["1/2", 3],
    {"": {}},
    np.array(None, dtype=object),
    np.array([HANDLE, 1], dtype=object),
    np.array(["a", "1"], dtype=object),
    np.zeros((0, 5)),
    np.zeros((1, 0, 1), bool),
    np.array(2**64 - 1, np.uint64),
    np.array([-(2**63)], np.int64),
    np.float16("inf"),
    np.array([1e308, -1e308]),
    np.array([True, False]),
    np.ones((2,) * 12, np.int8),
    np.array([1 + 2j], np.complex64),
    Formula("x + 1"),
    Formula("1/0"),
    Formula("__import__('os')"),
    FormulaMatrix((("1", "x"), ("0", "2")), 2),
    FormulaMatrix((), 0),
]
EXTREME = st.integers(0, len(EXTREMES) - 1).map(lambda index: EXTREMES[index])
JUNK = EXTREME | values() | st.lists(EXTREME, max_size=3)

ARRAY = np.array([[1.0, -2.0, 3.5], [0.0, 4.0, 1.0]])
COMPARISONS: dict[str, Callable[[Any], Any]] = {
    "array": lambda got: expect(got).array(),
    "array of a shape": lambda got: expect(got).array(shape=(2, 3)),
    "array of integers": lambda got: expect(got).array(dtype="int"),
    "array of floats": lambda got: expect(got).array(dtype="float", ndim=1),
    "array of truth values": lambda got: expect(got).array(dtype="bool"),
    "number": lambda got: expect(got).number(),
    "exact": lambda got: expect(got).exact(),
    "text": lambda got: expect(got).text(),
    "tuple": lambda got: expect(got).tuple(2),
    "mapping": lambda got: expect(got).mapping(["a", "b"]),
    "close to an array": lambda got: expect(got).close(ARRAY, mistakes={"sign": -ARRAY}),
    "close to a number": lambda got: expect(got).close(0.5, mistakes={"half": 1, "twice": 0}),
    "close to integers": lambda got: expect(got).close([2**62, -1], rtol=0, atol=0),
    "close to a truth value": lambda got: expect(got).close(True),
    "close to complex numbers": lambda got: expect(got).close([1j, 2.0]),
    "equals a number": lambda got: expect(got).equals(7, mistakes={"six": 6, "text": "a"}),
    "equals a fraction": lambda got: expect(got).equals(Fraction(1, 3), mistakes={"half": 0.5}),
    "equals a text": lambda got: expect(got).equals("batch", mistakes={"a": "layer"}),
    "equals a truth value": lambda got: expect(got).equals(True, mistakes={"no": False}),
    "equals an array": lambda got: expect(got).equals(np.arange(6).reshape(2, 3)),
    "equals truth values": lambda got: expect(got).equals(np.array([True, False])),
    "equals a list": lambda got: expect(got).equals([1, 2, Fraction(1, 2)]),
    "equals a list of texts": lambda got: expect(got).equals(["a", "b"], {"c": ["b", "a"]}),
    "equals a tuple": lambda got: expect(got).equals((1, "a", [2])),
    "equals a dict": lambda got: expect(got).equals({"a": 1, "b": [1, 2]}),
    "choice": lambda got: expect(got).choice("b", mistakes={"no": "a"}),
}


def ended(compare: Callable[[Any], Any], got: Any) -> str:
    """Return how a comparison ended; a warning counts as a defect."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compare(got)
        except CheckFailed as failed:
            assert failed.finding.kind in HIDDEN_MESSAGES and failed.finding.message
            return "failed"
        except CannotJudge:
            return "undecided"
    return "passed"


@pytest.mark.parametrize("name", COMPARISONS)
@QUICK
@given(got=JUNK)
def test_a_comparison_with_junk_passes_or_fails(name: str, got: Any) -> None:
    assert ended(COMPARISONS[name], got) in ("passed", "failed")


@pytest.mark.parametrize("name", COMPARISONS)
def test_every_extreme_is_compared_quickly(name: str) -> None:
    started = time.perf_counter()
    for got in EXTREMES:
        ended(COMPARISONS[name], got)
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize("matrix", [False, True], ids=["formula", "matrix"])
def test_a_formula_compared_with_junk_passes_or_fails(matrix: bool) -> None:
    sympy = pytest.importorskip("sympy")
    x = sympy.Symbol("x")
    want = sympy.Matrix([[1, x], [0, 2]]) if matrix else x + 1
    for got in EXTREMES:
        ends = ended(lambda value: expect(value).same_expression(want, {"x": x}), got)
        right = FormulaMatrix if matrix else Formula
        if ends == "passed":
            assert isinstance(got, right)


@QUICK
@given(JUNK)
def test_any_value_is_described_in_one_short_line(value: Any) -> None:
    text = describe(value)
    assert len(text) < 400 and "\n" not in text and "\x1b" not in text


SOUND = {
    "the difference of integers does not wrap": (lambda: expect(-(2**63)).close(0)),
    "nor for arrays of them": (lambda: expect([-(2**63)] * 2).close(np.array([0, 3]))),
    "nor does a small tolerance let it": (lambda: expect(np.int8(-128)).close(128)),
    "the last digit of a large integer counts": (lambda: expect([2.0**53]).equals([2**53 + 1])),
    "nothing is broadcast": (lambda: expect(1.0).close(np.ones(3))),
    "not even a row": (lambda: expect(np.ones((1, 3))).close(np.ones(3))),
    "nan equals nothing": (lambda: expect([float("nan")]).close([1.0])),
    "an empty array is not an answer": (lambda: expect(np.zeros((0, 3))).close(np.ones((2, 3)))),
    "a truth value is not a number": (lambda: expect(True).equals(1)),
    "a number is not a truth value": (lambda: expect(1).equals(True)),
    "a list of one is not the text": (lambda: expect(["a"]).equals("a")),
    "the order of texts counts": (lambda: expect(["b", "a"]).equals(["a", "b"])),
    "a part too many": (lambda: expect(("a", "b", "c")).equals(("a", "b"))),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_wrong_answer_is_not_accepted(name: str) -> None:
    with pytest.raises(CheckFailed):
        SOUND[name]()


RIGHT = {
    "texts": (lambda: expect(["a", " b "]).equals(["a", "b"])),
    "truth values": (lambda: expect([True, False]).equals(np.array([True, False]))),
    "mixed parts": (lambda: expect(["conv", 3]).equals(["conv", 3])),
    "fractions for floats": (lambda: expect([Fraction(1, 2)]).close([0.5])),
    "text for numbers": (lambda: expect(["1/2", "3"]).close([0.5, 3])),
    "large integers": (lambda: expect([2**62]).equals([2**62])),
    "an empty array": (lambda: expect(np.zeros((0, 3))).close(np.zeros((0, 3)))),
    "arrays in a list": (lambda: expect([np.zeros(2), np.ones(2)]).close([[0, 0], [1, 1]])),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_is_accepted_in_every_dress(name: str) -> None:
    RIGHT[name]()


LARGE = {
    "a list of large arrays": [np.zeros(1 << 23, np.uint8)] * 4,
    "an array of many axes": np.zeros((2,) * 16, bool),
    "many rows": [[0.0]] * 50_000,
    "a long text": "x" * (1 << 22),
    "many bytes": bytes(1 << 22),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_answer_is_refused_without_much_work(name: str) -> None:
    started = time.perf_counter()
    assert ended(lambda got: expect(got).close(ARRAY), LARGE[name]) == "failed"
    assert time.perf_counter() - started < 20


def misused(check: Callable[[Student], Any], **names: Any) -> tuple[Outcome, str]:
    exchange = Exchange.around(names)
    try:
        check(Student(exchange))
    except Exception as error:
        outcome, finding = classify(error, exchange)
        return outcome, finding.message
    raise AssertionError("the check passed")


def test_data_where_a_function_was_wanted_is_the_students_failure() -> None:
    for value in (None, 3, "f", [1], np.zeros(2), {"a": 1}):
        outcome, said = misused(lambda student: student.f(1), f=value)
        assert outcome is Outcome.FAILED and "a function was wanted" in said
    outcome, said = misused(lambda student: student.make().step(), make=lambda: 5)
    assert outcome is Outcome.FAILED and said == "make is a number, which has no step"


def test_a_mistake_of_the_graders_stays_the_graders() -> None:
    def reads_wrong(student: Student) -> Any:
        return student.f(1), {}["key"]

    assert misused(reads_wrong, f=len)[0] is Outcome.FAILED  # len(1) raised first
    assert misused(reads_wrong, f=lambda x: x)[0] is Outcome.ERROR
    assert misused(lambda student: (student.f(1), ARRAY.nothing), f=abs)[0] is Outcome.ERROR


def test_a_dict_with_keys_that_are_no_texts_says_what_to_write() -> None:
    student = Student(Exchange.around({"f": lambda: {0.1: 1}, "g": lambda: 3}))
    with pytest.raises(CheckFailed, match="f is a dict with keys that are not text") as failed:
        expect(student.f(), "f").mapping(["0.1"])
    assert "str(...)" in failed.value.finding.hint
    with pytest.raises(CheckFailed, match="g is a number, a dict with text as keys") as failed:
        expect(student.g(), "g").mapping()
    assert failed.value.finding.hint == ""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@QUICK
@given(data=st.binary(max_size=60) | st.text(max_size=30).map(lambda t: t.encode("utf-16")))
@example(data=b"\x00,\x00\n")
@example(data=b'"' * 99)
@example(data=b"1," * 200_000)
@example(data=b"\xef\xbb\xbf1,nan,1e999,1_000,\xd9\xa3")
def test_any_file_is_a_table_or_a_failed_check(folder: Path, data: bytes) -> None:
    (folder / "table.csv").write_bytes(data)
    files = Files(folder, (Handin("table.csv"),), Exchange.around({}))
    try:
        rows = files.table("table.csv")
    except CheckFailed as failed:
        assert failed.finding.kind == "type"
        return
    assert all(isinstance(c, (float, str, type(None))) for row in rows for c in row)
    assert isinstance(files.text("table.csv"), str) and files.size("table.csv") == len(data)
