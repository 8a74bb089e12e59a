"""`expect(got).close(want)`: comparison in stages, one message a stage.

present -> right type -> finite -> shape -> dtype -> value. A value that differs is compared
with the named mistakes, then with the standing diagnoses, so that the student reads what
to fix rather than a dump of numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from autograder.checks.convert import Array, NotNumbers, floating, kind_of, stayed, to_array
from autograder.checks.describe import apart, around, describe, difference
from autograder.checks.diagnose import diagnose
from autograder.checks.failure import CheckFailed, cannot_judge
from autograder.report import Finding

if TYPE_CHECKING:
    from autograder.checks.formulas import Labels
    from autograder.checks.symbols import Domain

RTOL = 1e-9
ATOL = 1e-9


def expect(got: Any, name: str = "the answer") -> Expectation:
    """Begin a comparison; `name` is what the messages call the value."""
    return Expectation(got, name)


class Expectation:
    """A value of the student's, about to be compared."""

    def __init__(self, got: Any, name: str) -> None:
        self.got = got
        self.name = name

    def fail(self, kind: str, message: str, hint: str = "", want: str = "") -> NoReturn:
        raise CheckFailed(Finding(kind, message, hint, got=describe(self.got), want=want))

    def that(self, condition: Any, message: str, hint: str = "") -> None:
        """Fail unless `condition`; `message` says what was wanted."""
        if not bool(condition):
            self.fail("value", message, hint)

    def present(self) -> None:
        if self.got is None:
            hint = "return the result, or replace None by your answer"
            self.fail("type", f"{self.name} is None: nothing was answered yet", hint)

    def array(
        self,
        shape: tuple[int, ...] | None = None,
        dtype: str | None = None,
        ndim: int | None = None,
    ) -> Array:
        """Return the value as a finite array of the shape wanted (no broadcasting).

        `dtype` is one of "int", "float", "bool", "complex"; whole floats pass as "int".
        """
        array = self._numbers()
        if not np.all(np.isfinite(array)):
            bad = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            where = f" at {list(bad)}" if bad else ""
            hint = "look for a division by zero, a log of zero or an overflow"
            self.fail("finite", f"{self.name} holds {array[bad]}{where}", hint)
        if shape is not None and array.shape != tuple(shape):
            self._shape(array, tuple(shape))
        if ndim is not None and array.ndim != ndim:
            self.fail("shape", f"{self.name} has {array.ndim} axes, {ndim} were wanted")
        return array if dtype is None else self._typed(array, dtype)

    def _numbers(self) -> Array:
        self.present()
        try:
            return to_array(self.got)
        except NotNumbers as error:
            what = kind_of(self.got)
            self.fail("type", f"{self.name} is {what}, numbers were wanted: {error}")

    def _shape(self, array: Array, want: tuple[int, ...]) -> NoReturn:
        hint = "swap its axes" if array.shape == want[::-1] and len(want) > 1 else ""
        seen = f"{self.name} has shape {array.shape}, {want} was wanted"
        self.fail("shape", seen, hint)

    def _typed(self, array: Array, dtype: str) -> Array:
        whole = array.dtype.kind == "f" and bool(np.all(array == np.floor(array)))
        if dtype == "int" and whole and np.all(np.abs(array) < 2.0**63):
            return array.astype(np.int64)
        if dtype == "float" and array.dtype.kind in "ib":
            return array.astype(np.float64)
        if {"i": "int", "f": "float", "b": "bool", "c": "complex"}[array.dtype.kind] != dtype:
            self.fail("dtype", f"{self.name} holds {array.dtype} numbers, {dtype} was wanted")
        return array

    def number(self) -> float:
        """Return the value as one finite real number."""
        array = self.array(dtype=None)
        if array.size != 1:
            self.fail("shape", f"{self.name} has shape {array.shape}, one number was wanted")
        if array.dtype.kind == "c":
            self.fail("dtype", f"{self.name} is a complex number, a real one was wanted")
        return float(array.reshape(()))

    def exact(self) -> Fraction:
        """Return the value as an exact number; text such as "1,200" or "3/4" counts."""
        from autograder.checks.exact import ExactError, exact

        self.present()
        if stayed(self.got):
            self.fail("type", f"{self.name} is {kind_of(self.got)}, an exact number was wanted")
        try:
            return exact(self.got)
        except ExactError as error:
            self.fail("type", f"{self.name} is not an exact number: {error}")

    def text(self) -> str:
        """Return the value as text."""
        self.present()
        if not isinstance(self.got, str):
            self.fail("type", f"{self.name} is {kind_of(self.got)}, a text was wanted")
        return str(self.got)

    def tuple(self, n: int) -> tuple[Any, ...]:
        """Return the value as a tuple of exactly `n` parts; a list counts."""
        self.present()
        if not isinstance(self.got, (tuple, list)):
            self.fail("type", f"{self.name} is {kind_of(self.got)}, a tuple of {n} was wanted")
        if len(self.got) != n:
            self.fail("shape", f"{self.name} has {len(self.got)} parts, {n} were wanted")
        return tuple(self.got)

    def mapping(self, keys: Sequence[str] = ()) -> dict[str, Any]:
        """Return the value as a dict that has all of `keys`."""
        self.present()
        if not isinstance(self.got, dict):
            what, hint = kind_of(self.got), ""
            if what == "a dict":
                what = "a dict with keys that are not text"
                hint = "write each key as a text: in quotes, or with str(...)"
            self.fail("type", f"{self.name} is {what}, a dict with text as keys was wanted", hint)
        missing = [key for key in keys if key not in self.got]
        if missing:
            seen = ", ".join(map(repr, list(self.got)[:8])) or "no key at all"
            self.fail("type", f"{self.name} lacks {missing[0]!r}; it has {seen}")
        return dict(self.got)

    def close(
        self,
        want: Any,
        rtol: float = RTOL,
        atol: float = ATOL,
        mistakes: Mapping[str, Any] | None = None,
    ) -> None:
        """Fail unless |got - want| <= atol + rtol |want| in every entry, shapes equal.

        `mistakes` maps a hint to the value that this misconception gives.
        """
        right = to_array(want)
        if not np.all(np.isfinite(right)):
            raise ValueError("close() wants finite numbers")

        @np.errstate(all="ignore")
        def near(a: Array, b: Array) -> bool:
            a, b = floating(a), floating(b)  # the difference of two integers may overflow
            return a.shape == b.shape and bool(np.all(np.abs(a - b) <= atol + rtol * np.abs(b)))

        got = self.array()
        if near(got, right):
            return
        hint = self._mistake(got, right, mistakes or {}, near) or diagnose(got, right, near)
        if got.shape != right.shape:
            seen = f"{self.name} has shape {got.shape}, {right.shape} was wanted"
            self.fail("shape", seen, hint)
        self._differs(got, right, hint)

    def _mistake(self, got: Array, right: Array, mistakes: Mapping[str, Any], near: Any) -> str:
        for hint, value in mistakes.items():
            wrong = to_array(value)
            finite = bool(np.all(np.isfinite(wrong)))
            if finite and near(got, wrong) and not near(wrong, right):
                return hint
        return ""

    def _differs(self, got: Array, right: Array, hint: str) -> NoReturn:
        index = difference(floating(got), floating(right))
        entry = f"entry {list(index)} of {self.name}" if index else self.name
        seen = "{} is {}, {} was wanted".format(entry, *apart(got[index], right[index]))
        shown = around(got, index), around(right, index)
        raise CheckFailed(Finding("value", seen, hint, got=shown[0], want=shown[1]))

    def equals(self, want: Any, mistakes: Mapping[str, Any] | None = None) -> None:
        """Fail unless the value is exactly `want`: numbers, text, truth values, lists.

        Raises CheckFailed; `mistakes` maps a hint to a wrong value.
        """
        self.present()
        if self._same(self.got, want):
            return
        hints = (h for h, v in (mistakes or {}).items() if self._same(self.got, v))
        hint = next(hints, "")
        if isinstance(want, np.ndarray) or (isinstance(want, list) and _numeric(want)):
            array, right = self.array(), to_array(want)
            hint = hint or diagnose(array, right, _equal)
            if array.shape != right.shape:
                seen = f"{self.name} has shape {array.shape}, {right.shape} was wanted"
                self.fail("shape", seen, hint)
            self._differs(array, right, hint)
        seen = f"{self.name} is {describe(self.got)}, {describe(want)} was wanted"
        self.fail("value", seen, hint, want=describe(want))

    def _same(self, got: Any, want: Any) -> bool:
        if isinstance(want, np.ndarray) or (isinstance(want, list) and _numeric(want)):
            try:
                return _equal(to_array(got), to_array(want))
            except NotNumbers:
                return False
        if isinstance(want, (tuple, list, dict)):
            return _same_parts(got, want, self._same)
        if isinstance(want, str):
            return isinstance(got, str) and got.strip() == want
        if isinstance(want, (bool, np.bool_)):
            return isinstance(got, (bool, np.bool_)) and bool(got) is bool(want)
        return _same_number(got, want)

    def choice(self, want: str, mistakes: Mapping[str, str] | None = None) -> None:
        """Fail unless the letter chosen is `want`; "B)" and " b." are read as "b"."""
        picked = self.text().strip().strip("().: ").lower()
        if picked == want:
            return
        hint = next((h for h, v in (mistakes or {}).items() if v == picked), "")
        # The right letter stays out of the message: a choice that is told is not made.
        self.fail("value", f"{self.name}: {picked[:20]!r} is not the right choice", hint)

    def same_expression(
        self,
        want: Any,
        symbols: Mapping[str, Any],
        domain: Domain | None = None,
        mistakes: Mapping[str, Any] | None = None,
        labels: Labels | None = None,
    ) -> None:
        """Fail unless the formula (or matrix of formulas) equals `want` on the domain.

        `symbols` maps the names a student may use to sympy symbols or expressions, `labels`
        gives the names of a matrix's rows and columns. Decided at exact random points;
        undecided goes to a person.
        """
        from autograder.checks.formulas import Question, compare

        self.present()
        asked = Question(want, symbols, domain, mistakes or {}, self.name, labels)
        compared = compare(self.got, asked)
        if compared.undecided:
            cannot_judge(compared.undecided)
        if compared.finding is not None:
            raise CheckFailed(compared.finding)


def _numeric(want: list[Any]) -> bool:
    try:
        to_array(want)
    except NotNumbers:
        return False
    return True


def _equal(a: Array, b: Array) -> bool:
    """Tell whether two arrays are equal; whole numbers beyond 2**53 count to the last digit."""
    if a.shape != b.shape or a.dtype == b.dtype:
        return bool(np.array_equal(a, b))
    return bool(a.tolist() == b.tolist())


def _same_parts(got: Any, want: Any, same: Any) -> bool:
    if isinstance(want, dict):
        if not isinstance(got, dict) or set(got) != set(want):
            return False
        return all(same(got[key], want[key]) for key in want)
    if not isinstance(got, (tuple, list)) or len(got) != len(want):
        return False
    return all(same(a, b) for a, b in zip(got, want, strict=True))


def _same_number(got: Any, want: Any) -> bool:
    from autograder.checks.exact import ExactError, exact

    if want is None or isinstance(want, (bytes, complex)):
        return type(got) is type(want) and bool(got == want)
    right = exact(want)
    try:
        return not stayed(got) and exact(got) == right
    except ExactError:
        return False
