"""What a formula may hold: its sizes, its names and its functions."""

from __future__ import annotations

DIGITS_LIMIT = 400
EXPONENT_LIMIT = 1_000
NODES_LIMIT = 10_000
DEPTH_LIMIT = 100
BITS_LIMIT = 10_000
FLOAT_DIGITS = 15
GREEK = "\u0391-\u03a9\u03b1-\u03c9"

CONSTANTS = {"pi": "Pi", "E": "Exp1", "I": "ImaginaryUnit"}
NO_NUMBER = frozenset({"oo", "zoo", "nan", "inf"})
OTHER_NAMES = {"ln": "log", "abs": "Abs", "max": "Max", "min": "Min", "ceil": "ceiling"}
ARGUMENTS = {
    **dict.fromkeys(("exp", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"), (1, 1)),
    **dict.fromkeys(("Abs", "sign", "erf", "floor", "ceiling", "Integer"), (1, 1)),
    **dict.fromkeys(("sigmoid", "relu"), (1, 1)),
    **dict.fromkeys(("log", "Heaviside", "Rational", "Float"), (1, 2)),
    **dict.fromkeys(("Max", "Min"), (1, 64)),
}
_FUNCTIONS = ", ".join(sorted(ARGUMENTS, key=str.lower))
ALLOWED = f"allowed are numbers, names, + - * / **, brackets and the functions {_FUNCTIONS}"


class FormulaError(ValueError):
    """A text that is not an allowed formula; the message is for the student."""
