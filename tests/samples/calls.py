"""A student's module with one of everything, for the tests of the wall."""

import sys
from fractions import Fraction

import numpy as np

ANSWER = 42
NOTHING = None
WORDS = ["bn", ("scale", 1.5)]
HALF = Fraction(1, 2)
FUNCTIONS = [len, {"double": lambda x: 2 * x}]
MIXED = np.array([len, 3], dtype=object)


def echo(value):
    return value


def kind(value):
    return type(value).__name__


def scale(x, by=2.0, *, shift=0.0):
    return x * by + shift


def spoil(x):
    x[...] = -1
    return x


def spoil_list(values):
    values.append("spoiled")
    values[0]["key"] = "spoiled"
    return values


def twice(function_name, x):
    return FUNCTIONS[1][function_name](x)


def apply(function, x):
    return function(x)


class Counter:
    """Counts calls."""

    limit = 3

    def __init__(self, start=0):
        self.count = start

    def step(self, by=1):
        self.count += by
        return self

    def total(self):
        return self.count

    def __call__(self, x):
        return x + self.count


class Stubborn(Exception):
    def __str__(self):
        raise RuntimeError("no message for you")


class Nameless:
    @property
    def __name__(self):
        raise RuntimeError("no name for you")


def divide(a, b):
    return _inner(a, b)


def _inner(a, b):
    return a / b


def unwritten():
    raise NotImplementedError("write unwritten")


def own_not_implemented():
    class NotImplementedError(Exception):
        pass

    raise NotImplementedError("not the builtin one")


def stubborn():
    raise Stubborn


def stop():
    sys.exit(0)


def deep(n=0):
    return deep(n + 1)


def nameless():
    return Nameless()


def a_set():
    return {1, 2}


def odd_keys():
    return {1: "a"}


def a_generator():
    yield 1


def too_deep():
    value = []
    for _ in range(100):
        value = [value]
    return value


def in_itself():
    value = []
    value.append(value)
    return value


def too_large():
    return np.zeros(10_000_000)


def axes():
    return np.zeros((1,) * 20)


def structured():
    return np.zeros(2, [("a", "f8")])


def digits():
    return 10**5000


def annotated(x: int) -> float:
    return x


def annotation():
    return annotated.__annotations__["x"] is int


class Liar(float):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


def lie():
    return Liar(3.0)


class Always(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __array_function__(self, *args, **kwargs):
        return True


def always():
    return np.arange(3.0).view(Always)


def derivative(expression):
    return expression.diff("x")


def symbols_matrix():
    import sympy

    return sympy.Matrix(1, 2, sympy.symbols("a b"))


def tensor():
    import torch

    return torch.arange(3.0, requires_grad=True)


def tensor_kind(x):
    import torch

    return isinstance(x, torch.Tensor)
