"""Submissions of junk: every name the master has, and every one of them the same nonsense.

A check must fail on each of them, not crash, and must not be fooled. The functions of
`KINDS` make one value each; their own source is written into the junk submission.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType

from autograder.release.skeleton import assigned

# A master's name is replaced by a call of this one.
_MAKER = "_make_junk"


def nothing() -> object:
    return None


def word() -> object:
    return "text"


def division_by_zero() -> object:
    return "1/0"


def long_formula() -> object:
    return "x**" * 50 + "9" * 200


def open_brackets() -> object:
    return "(" * 3000


def raw_bytes() -> object:
    return b"\x00\xff"


def number() -> object:
    return 1234567


def negative_fraction() -> object:
    return -0.123456789


def huge_integer() -> object:
    return 10**400


def too_many_digits() -> object:
    return 10**9999


def infinity() -> object:
    return float("inf")


def complex_number() -> object:
    return 3.5 - 2j


def nan_array() -> object:
    import numpy

    return numpy.full((2, 3), numpy.nan)


def wrong_shape() -> object:
    import numpy

    return numpy.full((7, 1, 5), 0.321)


def empty_array() -> object:
    import numpy

    return numpy.zeros((0, 3))


def array_of_objects() -> object:
    import numpy

    return numpy.array([None, "text", {"a": 1}, 10**400], dtype=object)


def nothing_in_it() -> object:
    return []


def ragged_list() -> object:
    return [[1, 2, 3], [4], "text", None]


def pair() -> object:
    return (None, [float("nan"), "text"])


def deep_list() -> object:
    value: list[object] = [1.0]
    for _ in range(30):
        value = [value]
    return value


def mapping() -> object:
    return {"a": None, "b": [1, "text"], "": float("nan")}


def function() -> object:
    def of_no_use(*args: object, **kwargs: object) -> object:
        return of_no_use

    return of_no_use


def hostile_object() -> object:
    class Hostile:
        """Equal to everything, has every name, is of every length, and raises as an array."""

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 0

        def __getattr__(self, name: str) -> object:
            return self

        def __call__(self, *args: object, **kwargs: object) -> object:
            return self

        def __len__(self) -> int:
            return 10**9

        def __array__(self, *args: object, **kwargs: object) -> object:
            raise ZeroDivisionError

    return Hostile()


_MAKERS = (
    nothing,
    word,
    division_by_zero,
    long_formula,
    open_brackets,
    raw_bytes,
    number,
    negative_fraction,
    huge_integer,
    too_many_digits,
    infinity,
    complex_number,
    nan_array,
    wrong_shape,
    empty_array,
    array_of_objects,
    nothing_in_it,
    ragged_list,
    pair,
    deep_list,
    mapping,
    function,
    hostile_object,
)
KINDS: Mapping[str, Callable[[], object]] = MappingProxyType({f.__name__: f for f in _MAKERS})

# What stands in a hand-in that is no Python file; the kinds of junk take turns.
CONTENTS = (
    b"",
    b"\x00\xff\xfe PK\x03\x04",
    b"a,b\n1,2,3\n,\nnan,inf\n",
    b"text\n",
    b'"open quote\n1,2\n',
    b"1,2\n" * 3000,
)


def junk_module(master: str, kind: str) -> str:
    """Return a module with the public names of `master`, every one of them this junk.

    Functions and methods take any arguments and return it; constants and properties are it.
    Raises KeyError for an unknown kind.
    """
    maker = ast.parse(inspect.getsource(KINDS[kind])).body[0]
    assert isinstance(maker, ast.FunctionDef)
    maker.name = _MAKER
    statements = [junk for s in ast.parse(master).body for junk in _junk(s)]
    module = ast.Module([maker, *statements], type_ignores=[])
    return ast.unparse(ast.fix_missing_locations(module)) + "\n"


def _junk(statement: ast.stmt) -> list[ast.stmt]:
    """Return what stands for one statement of a module or class."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        if any(isinstance(d, ast.Name) and d.id == "property" for d in statement.decorator_list):
            return [_constant(statement.name)]
        return [_function(statement.name)] if _public(statement.name) else []
    if isinstance(statement, ast.ClassDef):
        return [_class(statement)] if _public(statement.name) else []
    return [_constant(name) for name in assigned([statement]) if _public(name)]


def _public(name: str) -> bool:
    return not name.startswith("_") or name == "__call__"


def _call() -> ast.expr:
    return ast.Call(ast.Name(_MAKER, ast.Load()), [], [])


def _constant(name: str) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], _call())


def _function(name: str, body: ast.stmt | None = None) -> ast.stmt:
    anything = ast.arguments(
        posonlyargs=[],
        args=[],
        vararg=ast.arg("args"),
        kwonlyargs=[],
        kw_defaults=[],
        kwarg=ast.arg("kwargs"),
        defaults=[],
    )
    return ast.FunctionDef(name, anything, [body or ast.Return(_call())], [])


def _class(own: ast.ClassDef) -> ast.stmt:
    body = [junk for s in own.body for junk in _junk(s)]
    return ast.ClassDef(own.name, [], [], [_function("__init__", ast.Pass()), *body], [])
