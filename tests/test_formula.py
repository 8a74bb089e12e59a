"""Text to expression and back: what is allowed, what is refused, and that both are quick."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
import sympy as sp
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from autograder.wall.formula import FormulaError, matrix_texts, parse, text_of

x, y, z = sp.symbols("x y z")
NINES = "9" * 399
QUICK = settings(
    deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("x", x),
        ("  x\n + y\t", x + y),
        ("x - y - z", x - y - z),
        ("x - (y - z)", x - (y - z)),
        ("x/y/z", x / y / z),
        ("x/(y*z)", x / (y * z)),
        ("-x**2", -(x**2)),
        ("(-x)**3 + -x**2", -(x**3) - x**2),
        ("2**-3", sp.Rational(1, 8)),
        ("2**3**2", sp.Integer(512)),
        ("1/3 + 1/6", sp.Rational(1, 2)),
        ("0.1", sp.Rational(1, 10)),
        ("1.5e3", sp.Integer(1500)),
        (".5*x", x / 2),
        ("1_000", sp.Integer(1000)),
        ("3×x − 2·y", 3 * x - 2 * y),
        ("ln(x) + abs(y) + ceil(z)", sp.log(x) + sp.Abs(y) + sp.ceiling(z)),
        ("sigmoid(x)", 1 / (1 + sp.exp(-x))),
        ("relu(x)", sp.Max(0, x)),
        ("log(x, 2)", sp.log(x) / sp.log(2)),
        ("Rational(3, 4)*x", 3 * x / 4),
        ("E**x", sp.exp(x)),
        ("pi*E", sp.pi * sp.E),
        ("I", sp.I),
        ("Heaviside(x)", sp.Heaviside(x)),
        ("gamma_1*σ2", sp.Symbol("gamma_1") * sp.Symbol("σ2")),
        ("lambda*w_{1}^{12}", sp.Symbol("lambda") * sp.Symbol("w_{1}^{12}")),
    ],
)
def test_a_formula_is_read_as_written(text, want):
    numbers = {x: sp.Rational(7, 5), y: sp.Rational(-3, 2), z: sp.Rational(5, 3)}
    got = parse(text)
    assert sp.N(got.subs(numbers) - want.subs(numbers), 30) == 0
    assert got.free_symbols == want.free_symbols


DECLARED = {
    "W[1][1][2]": sp.Symbol("W112"),
    "b[ 0 ]": sp.Symbol("b0"),
    "E": sp.Symbol("E"),
    "a": x * y,
    "f": sp.Function("f"),
    "sigma": "sigmoid",
    "w^{12}": sp.Symbol("w12"),
    "lambda": sp.Symbol("lam", positive=True),
    "n": 3,
}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("W[1][1][2] + W[1, 1, 2]", 2 * sp.Symbol("W112")),
        ("b[0]", sp.Symbol("b0")),
        ("E**2", sp.Symbol("E") ** 2),
        ("a*(1-a)", x * y * (1 - x * y)),
        ("f(E)", sp.Function("f")(sp.Symbol("E"))),
        ("sigma(E)", 1 / (1 + sp.exp(-sp.Symbol("E")))),
        ("w^{12}**2", sp.Symbol("w12") ** 2),
        ("2*lambda", 2 * sp.Symbol("lam", positive=True)),
        ("n*E", 3 * sp.Symbol("E")),
    ],
)
def test_declared_names_mean_what_was_declared(text, want):
    assert sp.expand(parse(text, DECLARED) - want) == 0


REFUSED = {
    "empty": ("  ", "empty"),
    "nul": ("x\0", "cannot hold"),
    "attribute": ("x.diff", "allowed are"),
    "dunder": ("__import__('os')", "cannot hold"),
    "dunder name": ("__class__", "two underscores"),
    "dunder inside": ("(x).__class__", "two underscores"),
    "method": ("x.diff(x)", "allowed are"),
    "lambda": ("lambda: 0", "cannot hold"),
    "comprehension": ("[a for a in b]", "cannot be read"),
    "list": ("[x, y]", "allowed are"),
    "tuple": ("x, y", "allowed are"),
    "set": ("{x}", "allowed are"),
    "string": ("'x'", "cannot hold"),
    "comparison": ("x < y", "cannot hold"),
    "equation": ("y = x", "right-hand side"),
    "if": ("x if y else z", "cannot be read"),
    "walrus": ("(a := 1)", "cannot hold"),
    "caret": ("x^2", "write ** for a power"),
    "latex power": ("x^{2}*", "cannot be read"),
    "floor division": ("x//2", "allowed are"),
    "modulo": ("x % 2", "cannot hold"),
    "implicit product": ("2x", "write * for every product"),
    "product by brackets": ("x (y)", "not known here"),
    "unknown function": ("eval(x)", "the function eval is not known here"),
    "keyword argument": ("exp(x, evaluate=False)", "cannot hold"),
    "starred": ("Max(*x)", "allowed are"),
    "arguments": ("sin(x, y)", "takes 1 arguments"),
    "bare function": ("exp + 1", "in brackets"),
    "true": ("True", "decimal number"),
    "none": ("None", "decimal number"),
    "ellipsis": ("...", "decimal number"),
    "imaginary literal": ("2j", "decimal number"),
    "hexadecimal": ("0xFF", "decimal number"),
    "oo": ("oo", "divides by zero"),
    "zoo": ("zoo + x", "divides by zero"),
    "nan": ("nan", "divides by zero"),
    "zero division": ("x/0", "divides by zero"),
    "hidden zero": ("1/(2 - 2)", "divides by zero"),
    "subscript": ("W[1]", "not known here"),
    "subscript of a sum": ("(x+y)[1]", "only a name"),
    "symbolic index": ("W[i]", "whole number"),
    "slice": ("W[1:2]", "cannot hold"),
    "mathematical letters": ("𝑥 + ｘ", "cannot hold"),
    "ligature": ("ﬁ", "cannot hold"),
    "arabic digits": ("١٢", "cannot hold"),
    "zero width": ("x\u200b", "cannot hold"),
    "backslash": ("x\\\n", "cannot hold"),
    "comment": ("x # y", "cannot hold"),
    "semicolon": ("x; y", "cannot hold"),
    "long": ("x+" * 20_000 + "x", "characters"),
    "many terms": ("x+" * 9_999 + "x", "too long"),
    "brackets": ("(" * 9_000 + "x" + ")" * 9_000, "cannot be read"),
    "open brackets": ("(" * 20_000, "cannot be read"),
    "minus signs": ("-" * 19_999 + "x", "too long"),
    "powers": ("x**" * 6_000 + "x", "too long"),
    "calls": ("sin(" * 150 + "x" + ")" * 150, "too long"),
    "digits": ("1" * 401, "digits"),
    "underscored digits": ("1_" * 300 + "1", "digits"),
    "exponent of a decimal": ("1e999999999", "digits"),
    "tower": ("9**9**9", "an exponent is at most"),
    "tower in brackets": ("((9**9)**99)**99", "numbers are too large"),
    "product of powers": ("*".join(["9**900"] * 2_000), "numbers are too large"),
    "sum of fractions": ("+".join(f"1/{10**9 + i}" for i in range(1_400)), "numbers are too large"),
    "large base": (f"{NINES}**999", "numbers are too large"),
    "large exponent": (f"x**{NINES}", "an exponent is at most"),
    "cancelling exponents": (f"2**(x + {NINES})*2**(-x)", "an exponent is at most"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_a_formula_is_refused_at_once(case):
    text, why = REFUSED[case]
    began = time.perf_counter()
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert why in str(caught.value)
    assert len(str(caught.value)) < 600
    assert time.perf_counter() - began < 20


SLOW_FOR_SYMPY = {
    "a logarithm that cancels": f"exp({NINES}*log(2))*exp(x)/exp(x)",
    "roots of large numbers": "*".join(f"sqrt({NINES[:-2]}{i})" for i in range(20, 60)),
    "a constant of no digits": "(E**(10**30))**(1/3)",
    "a complex power": "((x + E - y**1000)/x + pi)**(sin(3)/2)",
    "a number to compare": "Max(cosh(exp(1e300)), x, sqrt(2)+sqrt(3)-sqrt(5+2*sqrt(6)))",
    "nested powers": "(" * 60 + "x + 1" + ")**1000" * 60,
    "nested exponentials": "exp(" * 90 + "3" + ")" * 90 + "*x + 1",
    "a factor to order": "x*(y*exp(exp(exp(50))) + 1)",
    "a tower of floats": "1.23456789012345678**(" * 30 + "2.23456789012345678" + ")" * 30,
    "many logarithms": "*".join(f"exp(x*log({i + 2}))" for i in range(900)),
}


@pytest.mark.parametrize("case", SLOW_FOR_SYMPY)
def test_a_formula_that_sympy_chokes_on_is_read_and_written_at_once(case):
    began = time.perf_counter()
    expression = parse(SLOW_FOR_SYMPY[case])
    assert parse(text_of(expression)) == expression
    assert time.perf_counter() - began < 30


def test_an_unknown_name_is_answered_with_the_nearest_one():
    with pytest.raises(FormulaError, match="did you mean gamma"):
        parse("gama*2", {"gamma": x, "beta": y})
    with pytest.raises(FormulaError, match="write \\*\\* for a power"):
        parse("x^{2}", {"x": x})
    with pytest.raises(FormulaError, match="write \\* for a product"):
        parse("x(x + 1)", {"x": x})
    with pytest.raises(FormulaError, match="function"):
        parse("f + 1", {"f": sp.Function("f")})
    with pytest.raises(FormulaError, match="is a text"):
        parse(3, {})  # type: ignore[arg-type]


numbers = st.one_of(
    st.integers(-30, 30).map(sp.Integer),
    st.fractions(-9, 9, max_denominator=30).map(lambda f: sp.Rational(f.numerator, f.denominator)),
    st.sampled_from([sp.pi, sp.E, sp.sqrt(2)]),
)
names = st.sampled_from([*sp.symbols("x y z w1 a_h1 lambda"), sp.Symbol("w_{1}^{12}")])
FUNCTIONS = [sp.exp, sp.log, sp.sin, sp.tanh, sp.Abs, sp.sign, sp.erf, sp.sqrt, sp.Heaviside]


def _applied(function, argument):
    try:
        return function(argument)
    except (ValueError, TypeError):  # Heaviside and comparisons refuse complex numbers
        return argument


def _larger(inner):
    return st.one_of(
        st.tuples(inner, inner).map(lambda p: p[0] + p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] - p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] * p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] / p[1]),
        st.tuples(inner, st.integers(-4, 4)).map(lambda p: p[0] ** p[1]),
        st.tuples(st.sampled_from(FUNCTIONS), inner).map(lambda p: _applied(*p)),
        st.tuples(inner, inner).map(lambda p: sp.Max(p[0], p[1]) if p[0].is_symbol else p[0]),
    )


expressions = st.recursive(st.one_of(names, numbers), _larger, max_leaves=8)


@QUICK
@given(expressions)
def test_what_sympy_built_comes_back_as_it_was(expression):
    assume(not expression.has(sp.zoo, sp.nan, sp.oo, -sp.oo, sp.AccumBounds, sp.re, sp.im, sp.arg))
    assert parse(text_of(expression)) == expression


@QUICK
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=1e-300, max_value=1e300))
def test_no_digit_of_a_float_is_lost(value):
    assert float(parse(text_of(sp.Float(value)))) == value
    assert float(parse(text_of(-sp.Float(value) * x)).coeff(x)) == -value


@pytest.mark.parametrize("digits", [15, 20, 40, 60])
def test_a_precise_float_keeps_its_precision(digits):
    third = sp.Float(1, digits) / 3
    assert parse(text_of(third)) == third


def test_a_short_decimal_is_exact_and_a_long_one_stays_a_float():
    assert parse("0.15") == sp.Rational(3, 20)
    assert parse(text_of(sp.Float(0.15) * x)) == 3 * x / 20
    assert parse("0.3333333333333333").is_Float
    assert parse("0.100000000000000000000") == sp.Rational(1, 10)


@QUICK
@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet="xyE123.+-*/()[]{}^,_ ", max_size=60),
        st.lists(
            st.sampled_from(
                ["x", "exp(", ")", "(", "**", "*", "/", "-", "9", "1e9", "W[", "]", ","]
            ),
            max_size=30,
        ).map("".join),
    )
)
def test_any_text_is_read_or_refused(text):
    try:
        expression = parse(text)
    except FormulaError as refused:
        assert str(refused)
    else:
        assert isinstance(expression, sp.Expr)


def test_a_matrix_is_written_row_by_row():
    matrix = sp.Matrix([[x, 0, 1], [y / 2, -x, x + y]])
    assert matrix_texts(matrix) == [["x", "0", "1"], ["y/2", "-x", "x + y"]]
    assert matrix_texts(sp.zeros(0, 3)) == []


def test_an_expression_that_is_large_written_out_is_refused_before_it_is():
    doubled = x
    for _ in range(60):
        doubled = sp.sin(doubled) + sp.cos(doubled)
    with pytest.raises(FormulaError, match="too large"):
        text_of(doubled)


def test_the_text_of_what_has_no_rule_is_refused_when_read():
    with pytest.raises(FormulaError):
        parse(text_of(sp.Integral(sp.sin(x) / x, x)))


def test_the_module_knows_nothing_but_the_wall_and_loads_sympy_late():
    code = (
        "import sys, autograder.wall.formula as f; "
        "assert 'sympy' not in sys.modules and 'numpy' not in sys.modules; "
        "others = [m for m in sys.modules if m.startswith('autograder.')]; "
        "assert all(m.startswith('autograder.wall') for m in others), others; "
        "f.parse('x + 1'); assert 'sympy' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
