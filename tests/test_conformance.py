"""Every way to reach a student's module, inline or by a worker, gives a check the same."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from test_wire import same, values

from autograder.assignment import Limits
from autograder.report import Finding
from autograder.wall.exchange import Exchange
from autograder.wall.failure import StudentFailure
from autograder.wall.process import spawn
from autograder.wall.proxy import Handle, Student
from autograder.wall.warm import Warm
from autograder.wall.wire import FormulaMatrix, Tensor, WireError

CALLS = Path(__file__).with_name("samples") / "calls.py"


@pytest.fixture(scope="module", params=["inline", "worker", "forked worker"])
def exchange(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Exchange]:
    limits, inline = Limits(call_seconds=30.0), request.param == "inline"
    # A copy: the wall gives the folder of a worker's file to the user of that worker.
    calls = shutil.copy(CALLS, tmp_path_factory.mktemp("work"))
    with Warm.start() if request.param == "forked worker" else nullcontext() as warm:
        opened = Exchange(Path(calls), limits, inline=inline, spawn=warm.spawn if warm else spawn)
        yield opened
        opened.close()


@pytest.fixture
def student(exchange: Exchange) -> Student:
    exchange.renew()
    return Student(exchange)


def failing(call: Any, *args: Any) -> Finding:
    with pytest.raises(StudentFailure) as caught:
        call(*args)
    return caught.value.finding


def test_names_with_data_answer_with_the_data(student: Student) -> None:
    assert student.ANSWER == 42 and type(student.ANSWER) is int
    assert student.NOTHING is None
    assert student.WORDS == ["bn", ("scale", 1.5)]
    assert Fraction(1, 2) == student.HALF


VALUES = [
    None,
    True,
    -3,
    10**300,
    0.1,
    math.inf,
    2 - 3j,
    "é \x1b[31m <b>",
    b"\x00\xff",
    [1, [2, (3, None)]],
    {"a": {"b": []}},
    Fraction(-22, 7),
    np.float32(0.1),
    np.int8(-5),
    np.bool_(True),
    np.arange(6.0).reshape(2, 3).T,
    np.zeros((0, 3), np.complex64),
    np.array(7, ">i2"),
    np.array([Fraction(1, 3), None, "x"], dtype=object),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_cross_both_ways(student: Student, value: Any) -> None:
    assert same(student.echo(value), value)


@settings(deadline=None, database=None, max_examples=40, report_multiple_bugs=False)
@given(value=values().filter(lambda v: "Formula" not in repr(v) and "Tensor" not in repr(v)))
def test_any_value_crosses_both_ways(exchange: Exchange, value: Any) -> None:
    exchange.renew()
    assert same(Student(exchange).echo(value), value)


def test_nan_crosses_as_nan(student: Student) -> None:
    assert math.isnan(student.echo(math.nan))
    assert np.isnan(student.echo(np.array([np.nan]))).all()


KINDS = [(1, "int"), ((1,), "tuple"), (np.zeros(2), "ndarray"), (np.float32(1), "float32")]
KINDS += [(Fraction(1, 2), "Fraction"), ({"a": 1}, "dict"), (True, "bool"), (b"", "bytes")]


@pytest.mark.parametrize("value, name", KINDS, ids=lambda v: str(v))
def test_the_student_gets_the_same_kind_of_value(student: Student, value: Any, name: str) -> None:
    assert student.kind(value) == name


def test_positional_and_keyword_arguments(student: Student) -> None:
    assert student.scale(3) == 6.0
    assert student.scale(3, 1.0, shift=0.5) == 3.5
    assert student.scale(x=3, by=10) == 30.0
    assert "unexpected keyword" in failing(lambda: student.scale(3, to=1)).message
    assert "positional argument" in failing(student.scale).message


def test_a_student_that_changes_its_argument_changes_its_own_copy(student: Student) -> None:
    array, values = np.arange(3.0), [{"key": "mine"}]
    assert student.spoil(array).tolist() == [-1, -1, -1]
    assert student.spoil_list(values) == [{"key": "spoiled"}, "spoiled"]
    assert array.tolist() == [0, 1, 2] and values == [{"key": "mine"}]


def test_a_check_that_changes_an_answer_changes_its_own_copy(student: Student) -> None:
    student.WORDS.append("judge")
    assert student.WORDS == ["bn", ("scale", 1.5)]


def test_handles_can_be_called_and_so_can_their_methods(student: Student) -> None:
    counter = student.Counter(start=5)
    assert isinstance(counter, Handle)
    assert counter.step().step(by=2).total() == 8
    assert counter(1) == 9
    assert counter.limit == 3 and counter.count == 8
    assert repr(counter) == "<Counter>" and repr(student.Counter) == "<type Counter>"


def test_handles_keep_their_identity_when_they_are_sent_back(student: Student) -> None:
    counter = student.Counter()
    assert student.apply(student.Counter.step, counter).total() == 1
    assert student.echo(counter).total() == 1
    assert student.echo([counter, 1])[0].step().total() == 2
    assert counter.total() == 2


def test_handles_inside_answers(student: Student) -> None:
    length, functions = student.FUNCTIONS
    assert length([1, 2]) == 2 and functions["double"](4) == 8
    assert student.MIXED[0]([1]) == 1 and student.MIXED[1] == 3
    assert student.twice("double", np.arange(3)).tolist() == [0, 2, 4]


def test_a_missing_name_is_answered_with_those_that_are_near(student: Student) -> None:
    found = failing(lambda: student.counter)
    assert found.kind == "missing" and "Counter" in found.message
    assert found.message.startswith("calls.py has no counter; it has ")
    assert "np" not in found.message.replace(",", "").split()
    found = failing(lambda: student.Counter().stepp)
    assert (found.kind, found.message) == ("missing", "your Counter has no stepp; it has step")


def test_an_exception_comes_with_the_students_own_frames(student: Student) -> None:
    found = failing(student.divide, 1, 0)
    assert (found.kind, found.exception) == ("raised", "ZeroDivisionError")
    assert found.message == "divide raised ZeroDivisionError: division by zero"
    line = CALLS.read_text().splitlines().index("    return a / b") + 1
    assert found.where == f"calls.py:{line} _inner"
    assert "return a / b" in found.traceback and "divide" in found.traceback
    assert "worker" not in found.traceback and "autograder" not in found.traceback


def test_what_is_not_written_yet_says_so(student: Student) -> None:
    assert failing(student.unwritten).kind == "unwritten"
    assert failing(student.own_not_implemented).kind == "raised"


def test_an_exception_whose_text_raises(student: Student) -> None:
    found = failing(student.stubborn)
    assert found.message == "stubborn raised Stubborn: (its message cannot be read)"


def test_sys_exit_is_the_students_failure(student: Student) -> None:
    found = failing(student.stop)
    assert found.kind == "raised" and "stop" in found.message
    assert student.ANSWER == 42


def test_deep_recursion_is_the_students_failure(student: Student) -> None:
    found = failing(student.deep)
    assert found.exception == "RecursionError" and found.traceback.count("\n") < 60


UNSENDABLE = ["too_deep", "in_itself", "too_large", "axes", "digits", "nameless"]


@pytest.mark.parametrize("name", UNSENDABLE)
def test_what_cannot_be_sent_fails_the_call_only(student: Student, name: str) -> None:
    found = failing(getattr(student, name))
    assert (found.kind, found.exception) == ("type", "")
    assert found.message.startswith(f"{name} gave back something that cannot be graded")
    assert student.ANSWER == 42


@pytest.mark.parametrize("name", ["a_set", "odd_keys", "a_generator", "structured"])
def test_what_is_no_data_stays_behind_a_handle(student: Student, name: str) -> None:
    assert isinstance(getattr(student, name)(), Handle)


def test_what_the_judge_cannot_send_is_the_judges_fault(student: Student) -> None:
    with pytest.raises(WireError, match="cannot be sent to the student's code"):
        student.echo(object())
    assert student.ANSWER == 42


def test_subclasses_arrive_without_their_tricks(student: Student) -> None:
    assert type(student.lie()) is float and student.lie() != 4.0
    assert type(student.always()) is np.ndarray
    assert not np.array_equal(student.always(), np.zeros(3))


def test_annotations_keep_their_meaning(student: Student) -> None:
    assert student.annotation() is True


def test_underscore_names_are_not_asked_for(student: Student) -> None:
    with pytest.raises(AttributeError):
        _ = student._inner
    with pytest.raises(AttributeError):
        _ = student.Counter()._count


def test_the_last_call_is_known_for_the_report(exchange: Exchange, student: Student) -> None:
    student.scale(3, shift=1.0)
    assert exchange.last is not None
    assert (exchange.last.name, exchange.last.args) == ("scale", (3,))
    assert exchange.last.kwargs == {"shift": 1.0}
    line = CALLS.read_text().splitlines().index("def scale(x, by=2.0, *, shift=0.0):") + 1
    assert exchange.last.where == f"calls.py:{line} scale"
    failing(lambda: student.nowhere)
    assert exchange.last is None


def test_formulas_cross_both_ways(student: Student) -> None:
    sympy = pytest.importorskip("sympy")
    x, y = sympy.symbols("x y")
    assert student.kind(x * y) == "Mul"
    assert student.kind(sympy.Matrix([[x, 1]])) == "MutableDenseMatrix"
    assert sympy.sympify(student.derivative(x**2 * y).text) == 2 * x * y
    matrix = student.symbols_matrix()
    assert isinstance(matrix, FormulaMatrix) and matrix.rows == (("a", "b"),)
    assert [str(e) for e in student.echo([x, y + 1])] == ["x", "y + 1"]


NO_TORCH = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")


@NO_TORCH
def test_tensors_cross_both_ways(student: Student) -> None:
    got = student.tensor()
    assert type(got) is Tensor and got.tolist() == [0, 1, 2]
    assert student.tensor_kind(np.zeros(2).view(Tensor)) is True
    assert type(student.echo(np.zeros(2).view(Tensor))) is Tensor


def test_two_inline_modules_of_one_name_do_not_meet(tmp_path: Path) -> None:
    import sys

    answers = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "work.py").write_text("import part\nVALUE = part.VALUE\n")
        (folder / "part.py").write_text(f"VALUE = {number}\n")
        before = list(sys.path)
        exchange = Exchange(folder / "work.py", Limits(), inline=True)
        answers.append(Student(exchange).VALUE)
        exchange.close()
        assert sys.path == before and "part" not in sys.modules and "work" not in sys.modules
    assert answers == [1, 2]


def test_names_that_exist_already_are_a_module_too() -> None:
    exchange = Exchange.around({"double": lambda x: 2 * x, "WIDTH": 3})
    assert Student(exchange).double(4) == 8 and Student(exchange).WIDTH == 3
    assert failing(lambda: Student(exchange).widht).kind == "missing"
    exchange.close()
