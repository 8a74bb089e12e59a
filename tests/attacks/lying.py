"""Answers that lie: values that equal everything, and models that hide what they hold."""

from __future__ import annotations

from attacks import models
from attacks.attack import Attack, Control
from attacks.patching import EQUAL

VALUES = (
    Attack(
        "equal_to_everything",
        "answers with an object that equals whatever it is compared with",
        EQUAL
        + """

def longest(words):
    return Equal()
""",
        control=Control.SCRIPT,
    ),
    Attack(
        "text_equal_to_everything",
        "answers with a text whose comparison is always true",
        """
class Text(str):
    def __eq__(self, other):
        return True

    def strip(self, *args):
        return self

    __hash__ = None


def longest(words):
    return Text("?")
""",
        control=Control.SCRIPT,
    ),
    Attack(
        "number_of_any_value",
        "answers with a float whose conversion, difference and comparison lie",
        """
class Number(float):
    def __eq__(self, other):
        return True

    def __float__(self):
        return 21.25

    def __sub__(self, other):
        return 0.0

    def __array_function__(self, function, types, args, named):
        return True

    __rsub__ = __sub__
    __hash__ = None


def square_sum(values):
    return Number(0.5)
""",
        control=Control.SCRIPT,
    ),
    Attack(
        "array_that_overrides_numpy",
        "answers with an array that answers numpy's functions itself",
        """
class Lies(np.ndarray):
    def __array_function__(self, function, types, args, named):
        return True

    def __array_ufunc__(self, ufunc, method, *inputs, **named):
        return np.True_


def square_sum(values):
    return np.ones(()).view(Lies)


def normalise(matrix):
    return np.ones(np.shape(matrix)).view(Lies)
""",
        honest="wrong",
        control=Control.SCRIPT,
    ),
    Attack(
        "masked_array",
        "answers with an array of which every entry is masked",
        """
def normalise(matrix):
    return np.ma.masked_all(np.shape(matrix))
""",
        honest="wrong",
        control=Control.SCRIPT,
    ),
    Attack(
        "claims_another_class",
        "answers with an object that says it is a text, and equals every text",
        EQUAL
        + """

class Claims(Equal):
    __class__ = str

    def strip(self):
        return self

    def __str__(self):
        return "?"


def longest(words):
    return Claims()
""",
        control=Control.SCRIPT,
    ),
    Attack(
        "methods_that_lie",
        "hands out an object whose attributes answer every question with yes",
        """
class Yes(int):
    def __getattr__(self, name):
        return lambda *args: self

    def __eq__(self, other):
        return True

    def __call__(self, *args):
        return self

    __hash__ = None


def longest(words):
    return Yes()


Tally = Yes()
""",
        control=Control.SCRIPT,
    ),
)


TABLE = VALUES + models.TABLE
