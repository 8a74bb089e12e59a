"""Public checks of backpropagation by hand: examples, worked out without the chain rule.

Formulas and steps are compared in a network for paper, in which sigma gives fractions; curves
begin at the given start. When you hand in, other numbers and all letters are tried too.
"""

import numpy as np
from sympy import S, Symbol, log

from autograder.checks import expect, question

START = np.array([0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55])
INPUTS, TARGETS, RATES = [0.05, 0.1], [0.01, 0.99], [0.1, 0.2, 0.5, 0.8, 1.0, 2.0]
W = [f"w{k}" for k in range(1, 9)]
GRADIENT = {f"dE/d{w}": (f"∂E/∂{w}", f"dE_total/d{w}", f"∂E_total/∂{w}") for w in W}
HEADS = dict.fromkeys(W, ()) | {"E": ("E_total",)} | GRADIENT

TOGETHER = "take all eight gradients at the old weights, and only then change the weights"
GIVEN = "use the weights and inputs that are given, not those of the start"
NO_BIAS = "this network has no biases: leave them out"
CROSSED = "w5 and w6 lead to o1, w7 and w8 to o2: yours are crossed"
EARLY = "w5 to w8 multiply a_h1 and a_h2, not h1 and h2"
DOWNHILL = "subtract rate times gradient: yours goes uphill"
AT_OUTPUT = "the slope of sigma at the output is missing"
AT_HIDDEN = "the slope of sigma at the hidden unit is missing"
ONE_PATH = "a hidden unit reaches E through both outputs: add up the two paths"
HALF = "the half in front of (t - a_o)^2 is missing"
MEAN = "E is the sum over the two outputs, not their mean"
SUM = "E is the sum of E1 and E2"
LATE = "E belongs to the weights before the update: note it first, then take the step"
LETTER = "a number stands where a letter belongs: the formula holds for all networks"
ONCE = "take the gradient anew at each step"
ALMOST = "almost: take slopes by your formulas, not by small differences, in float64, unrounded"

# Weights and inputs that give round sums.
ROUND = [2.0, 3.0, -4.0, 5.0, 6.0, -7.0, 8.0, 9.0], [-0.5, 0.25]
# At the given start: E1, E, and E after one step at rate 0.5. Then E after 1, 2 and 3 steps at
# two other rates, and what mistakes give there.
E1_AT_START, E_AT_START, E_AT_HALF = 0.1778928425, 0.2425198573, 0.2354953779
CURVES = {1.0: [0.2285477653, 0.2151917513, 0.2024861515]}
CURVES |= {2.0: [0.2149015988, 0.1898793261, 0.1676253519]}
WRONG_CURVES = {DOWNHILL: {1.0: [0.2567803234, 0.2715737994], 2.0: [0.2712901893, 0.3020033337]}}
WRONG_CURVES |= {TOGETHER: {1.0: [0.2285478399, 0.2151911828], 2.0: [0.2149009219, 0.1898730567]}}
WRONG_CURVES |= {ONCE: {1.0: [0.2285477653, 0.2149015988], 2.0: [0.2149015988, 0.1887269444]}}


@np.errstate(all="ignore")
def sigma(x):
    return 1 / (1 + np.exp(-x))


def numbers(got, name, shape=None, ndim=None):
    """Return an answer as floats that can be calculated with."""
    array = expect(got, name).array(shape, dtype="float", ndim=ndim)
    expect(got, name).that(np.all(np.abs(array) < 1e9), f"{name} holds a far too large number")
    return array


def forward(student, w, i, t, keys):
    """Return what the student's forward gives for `keys`, as an array."""
    plain = (np.asarray(part, dtype=float).tolist() for part in (w, i, t))
    found = expect(student.forward(*plain), "what forward returns").mapping(keys)
    return np.array([numbers(found[key], key, ()) for key in keys])


def check_layer(got, right, name, mistakes):
    """Compare the two sums of a layer, then sigma of the student's own sums: got is (4,)."""
    sums, activated = np.split(got, 2)
    expect(sums, f"[{name}1, {name}2]").close(right, mistakes=mistakes)
    mistakes = {
        f"a_{name} is sigma of {name}: the activation is missing": sums,
        "the activation is sigma, not tanh": np.tanh(sums),
        "the exponent has a minus: sigma(x) = 1 / (1 + e^-x)": sigma(-sums),
    }
    expect(activated, f"[a_{name}1, a_{name}2]").close(sigma(sums), mistakes=mistakes)


@question("q1")
def test_hidden_layer(student):
    """h1, h2 and a_h1, a_h2 follow from the inputs and w1 to w4"""
    got = forward(student, *ROUND, TARGETS, ("h1", "h2", "a_h1", "a_h2"))
    crossed = "w1 and w2 lead to h1, w3 and w4 to h2: yours are crossed"
    mistakes = {crossed: [-2.0, -0.25], NO_BIAS: [0.1, 3.6], GIVEN: [0.0275, 0.0425]}
    check_layer(got, [-0.25, 3.25], "h", mistakes)


@question("q1")
def test_output_layer(student):
    """o1, o2 and a_o1, a_o2 follow from your own a_h1, a_h2 and w5 to w8"""
    keys = ("a_h1", "a_h2", "o1", "o2", "a_o1", "a_o2")
    got = forward(student, *ROUND, TARGETS, keys)
    a, b = got[:2]
    right, crossed = [6 * a - 7 * b, 8 * a + 9 * b], [6 * a + 8 * b, 9 * b - 7 * a]
    early = "the outputs read a_h1 and a_h2, not h1 and h2"
    mistakes = {CROSSED: crossed, NO_BIAS: np.add(right, 0.6), early: [-24.25, 27.25]}
    mistakes[GIVEN] = START[4:].reshape(2, 2) @ got[:2]
    check_layer(got[2:], right, "o", mistakes)


# The network for paper. Its sums are logarithms, and so its activations are fractions.
PAPER = {"i1": S(2), "i2": S(-3), "t1": S("3/10"), "t2": S("13/20")}
PAPER |= {"w1": S(1), "w2": (2 - log(3)) / 3, "w3": S("-1/4"), "w4": (log(2) - S("1/2")) / 3}
PAPER |= {"h1": log(3), "h2": -log(2), "a_h1": S("3/4"), "a_h2": S("1/3")}
PAPER |= {"w5": S("3/2"), "w6": 3 * log(4) - S("27/8")}
PAPER |= {"w7": S("-1/2"), "w8": 3 * log(S("2/3")) + S("9/8")}
PAPER |= {"o1": log(4), "o2": log(S("2/3")), "a_o1": S("4/5"), "a_o2": S("2/5")}
# How E1 and E2 grow there with w1 to w8.
ONE = ("9/200", "-27/400", "0.027871398519455", "-0.041807097779182", "3/50", "2/75", 0, 0)
TWO = ("9/800", "-27/1600", "0.002437208648653", "-0.003655812972980", 0, 0, "-9/200", "-1/50")
SLOPES = {weight: (S(one), S(two)) for weight, one, two in zip(W, ONE, TWO, strict=True)}
# dE/dw1 to dE/dw4 there, after a step at rate 0.5 has changed w5 to w8.
TOO_LATE = [0.055000526207458, -0.082500789311188, 0.029735366092845, -0.044603049139268]
# A fraction goes by its name, and has one value there: so a message can tell it.
LETTERS = {name: Symbol(name) for name, value in PAPER.items() if value.is_Rational}
DOMAIN = {letter: (PAPER[name], PAPER[name]) for name, letter in LETTERS.items()}
ON_PAPER = (PAPER | LETTERS, SLOPES, DOMAIN)


def compare(student, weight, k, domain, right, mistakes):
    """Compare one of the student's formulas with the slope of E; `k` says what names mean."""
    scaled = {
        "the sign is turned around: 1/2 (t - a)^2 has the slope a - t by a": -right,
        "the half in E is forgotten: it cancels the 2 of the square": 2 * right,
        MEAN: right / 2,
    }
    usable = k | dict.fromkeys(("sigma", "σ"), "sigmoid")
    got = expect(student.GRADIENTS, "GRADIENTS").mapping([weight])[weight]
    formula = expect(got, f'GRADIENTS["{weight}"]')
    formula.same_expression(right, usable, domain, mistakes={**mistakes, **scaled})


def last_gradients(student, weights, unit, k, slopes, domain=None):
    """Compare dE by the weights that lead from a hidden unit, 1 or 2, to o1 and o2."""
    to_o1, to_o2 = weights
    a_h, a_twin, h = k[f"a_h{unit}"], k[f"a_h{3 - unit}"], k[f"h{unit}"]
    right = [sum(slopes[weight]) for weight in weights]
    for j, weight in enumerate(weights):
        o, a_o = k[f"o{j + 1}"], k[f"a_o{j + 1}"]
        bare = right[j] / (a_o * (1 - a_o))
        mistakes = {
            f"{to_o1} and {to_o2} multiply a_h{unit}, not h{unit}": right[j] / a_h * h,
            f"{to_o1} leads to o1, {to_o2} to o2: yours goes to the other": right[1 - j],
            CROSSED: right[1 - j] / a_h * a_twin,
            LETTER: right[j] / a_h * PAPER[f"a_h{unit}"],
            AT_OUTPUT: bare,
            "the slope of sigma is a_o (1 - a_o), not o (1 - o)": bare * o * (1 - o),
        }
        compare(student, weight, k, domain, right[j], mistakes)


def first_gradients(student, weights, unit, k, slopes, domain=None):
    """Compare dE by the weights that lead from i1 and i2 to a hidden unit, 1 or 2."""
    (from_i1, from_i2), twin = weights, 3 - unit
    U = np.array([k[name] for name in W[4:]]).reshape(2, 2)
    own, others, to_o1, to_o2 = U[:, unit - 1], U[:, twin - 1], f"w{4 + unit}", f"w{6 + unit}"
    bend = {name: value * (1 - value) for name, value in k.items()}
    at_h, at_twin, at_o = bend[f"a_h{unit}"], bend[f"a_h{twin}"], [bend["a_o1"], bend["a_o2"]]
    for weight, i, other in ((from_i1, "i1", "i2"), (from_i2, "i2", "i1")):
        by = np.array(slopes[weight])
        right, free = sum(by), by / own
        elsewhere = sum(free * others) / at_h * at_twin
        mistakes = {
            ONE_PATH: by[0],
            AT_HIDDEN: right / at_h,
            AT_OUTPUT: sum(by / at_o),
            LETTER: right / at_h * PAPER[f"a_h{unit}"] * (1 - PAPER[f"a_h{unit}"]),
            f"{from_i1} belongs to i1, {from_i2} to i2": right / k[i] * k[other],
            f"{from_i1} and {from_i2} lead to h{unit}, not to h{twin}": elsewhere,
            f"h{unit} leads to o1 by {to_o1} and to o2 by {to_o2}": sum(free * U[unit - 1]),
            f"multiply each path by its weight, {to_o1} or {to_o2}": sum(free),
            "the slope of sigma is a_h (1 - a_h), not h (1 - h)": right / at_h * bend[f"h{unit}"],
        }
        compare(student, weight, k, domain, right, mistakes)


@question("q2")
def test_gradients_of_w5_and_w7(student):
    """dE/dw5 and dE/dw7, of the weights from a_h1 to the outputs, are right on paper"""
    last_gradients(student, ("w5", "w7"), 1, *ON_PAPER)


@question("q2")
def test_gradients_of_w1_and_w2(student):
    """dE/dw1 and dE/dw2, of the weights from the inputs to h1, are right on paper"""
    first_gradients(student, ("w1", "w2"), 1, *ON_PAPER)


def table(files, least=10):
    """Return the weights (8, rows), E (rows,) and the gradients (8, rows) of the table."""
    columns = np.array(list(files.columns("table.csv", HEADS).values()))
    steps = np.unique(columns[:8], axis=1).shape[1] - 1
    seen = f"the table takes {steps} steps that change the weights, 100 or more were wanted"
    expect(columns, "the table").that(steps >= least, seen, "steps 0 to 100 are 101 rows")
    return columns[:8], columns[8], columns[9:]


@question("q3")
def test_table_begins_at_the_given_weights(files):
    """the table has its 17 columns and the steps 0 to 100, and step 0 is the given start"""
    w, E, gradients = table(files, least=100)
    fine = np.any(np.abs(gradients - np.round(gradients, 5)) > 1e-9)
    seen = "the gradients have 5 decimals or fewer"
    expect(E, "the table").that(fine, seen, "write at least six decimals")
    updated = w[:, 0] if abs(E[0] - E_AT_HALF) < 2e-6 else START
    mistakes = {"the first row is step 0: the weights before any update": updated}
    expect(w[:, 0], "the weights of step 0").close(START, rtol=0, atol=1e-6, mistakes=mistakes)


@question("q3")
def test_table_error_of_the_first_row(files):
    """the E of the first row follows from the weights of that row, and E changes further down"""
    w, E, _ = table(files)
    right = E_AT_START if np.allclose(w[:, 0], START, rtol=0, atol=1e-6) else E_AT_HALF
    mistakes = {LATE: E_AT_HALF, HALF: 2 * right, MEAN: right / 2, SUM: E1_AT_START}
    expect(E[0], "E of the first row").close(right, rtol=0, atol=1e-6, mistakes=mistakes)
    hint = "E belongs to the weights of its own row, not of the first row"
    expect(E, "E").that(abs(E[-1] - E[0]) > 1e-5, "E is the same in the last row", hint)


@question("q4")
def test_plot_is_a_picture(files):
    """the plot was handed in, and it is a picture"""
    files.picture("sweep.svg")


def curve(student, rate, n):
    """Return what the student's sweep gives for a single rate."""
    got = expect(student.sweep([rate], n), "what sweep returns").mapping([str(rate)])
    return numbers(got[str(rate)], f"the curve of rate {rate}", ndim=1)


def check_curve(student, rate, n, longer, wrong):
    """Compare the curve of one rate: `longer` has n + 2 values, those in `wrong` n + 1."""
    right, got = longer[:-1], curve(student, rate, n)
    mistakes = {
        LATE: longer[1:],
        LATE + "; n steps give n + 1 values": right[1:],
        "n steps give n + 1 values: E after the last step is missing": right[:-1],
        **wrong,
        "use the rate that is given, not 0.5": curve(student, 0.5, n),
    }
    expect(got, f"the curve of rate {rate}").close(right, mistakes=mistakes)


@question("q4", weight=2)
def test_each_rate_alone(student):
    """for a single rate, 1.0 or 2.0, sweep gives E before the first step and after each of 2"""
    for rate, right in CURVES.items():
        wrong = {hint: [E_AT_START, *curves[rate]] for hint, curves in WRONG_CURVES.items()}
        check_curve(student, rate, 2, [E_AT_START, *right], wrong)


def wrong_slopes(k, growth, too_late):
    """Return the gradient (8,) that each mistake gives, by its hint.

    k: the values. growth: dE1/dw and dE2/dw, (2, 8). All may have a last axis more, for steps.
    """
    first, last = np.split(growth.sum(0), 2)
    a_h, h = (np.array([k[name + unit] for unit in "1212"]) for name in ("a_h", "h"))
    at_o = np.array([k[name] * (1 - k[name]) for name in ("a_o1", "a_o2")])
    bare = (growth / at_o[:, None]).sum(0)
    return {
        EARLY: np.append(first, last / a_h * h, 0),
        AT_OUTPUT: bare,
        AT_OUTPUT + " in dE/dw5 to dE/dw8": np.append(first, bare[4:], 0),
        AT_HIDDEN: np.append(first / (a_h * (1 - a_h))[[0, 0, 1, 1]], last, 0),
        ONE_PATH: np.append(growth[0, :4], last, 0),
        CROSSED: np.append(first, last[[0, 2, 1, 3]], 0),
        "w4 has a gradient of its own, not that of w3": np.append(first[[0, 1, 2, 2]], last, 0),
        TOGETHER: np.append(too_late, last, 0),
    }


def train(student, w, i=INPUTS, t=TARGETS, rate=0.5, n=1):
    """Return the student's weights (8,) after n steps from w."""
    got = student.train(*(np.asarray(part).tolist() for part in (w, i, t)), rate, n)
    return numbers(got, "what train returns", (8,))


def check_move(move, part, gradient, wrong):
    """Compare how one step at rate 0.5 moved a part of the weights, to eleven digits."""
    none = "with n = 1 train takes one step: yours takes none"
    wrong = {DOWNHILL: -gradient, none: 0 * gradient, **wrong}
    mistakes = {hint: -0.5 * slope[part] for hint, slope in wrong.items()}
    moved, right = move[part], -0.5 * gradient[part]
    mistakes[ALMOST] = moved if np.all(np.abs(moved - right) < 1e-6) else np.nan * right
    expect(moved, "the change of " + ", ".join(W[part])).close(right, 1e-11, 1e-13, mistakes)


def one_step(student, part):
    """Compare how train moves a part of the weights in one step, in the network for paper."""
    k = {name: float(value) for name, value in PAPER.items()}
    w, i, t = (np.array([k[name] for name in k if name[0] == kind]) for kind in "wit")
    growth = np.array(list(SLOPES.values()), dtype=float).T
    wrong = wrong_slopes(k, growth, TOO_LATE)
    for name, given in (("inputs", {"t": t}), ("targets", {"i": i})):
        hint = f"use the {name} that are given, not those of the table"
        wrong[hint] = 2 * (w - train(student, w, **given))
    move = train(student, w, i, t) - w
    check_move(move, part, growth.sum(0), wrong)


@question("q5")
def test_one_step_of_the_last_weights(student):
    """one step moves w5 to w8 as it should"""
    one_step(student, np.s_[4:])


@question("q5")
def test_one_step_of_the_first_weights(student):
    """one step moves w1 to w4 as it should"""
    one_step(student, np.s_[:4])
