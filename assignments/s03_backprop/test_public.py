"""Public checks of backpropagation by hand.

Derivatives are taken here without the chain rule: sympy differentiates the formulas, and
numbers are differentiated by the complex step, dE/dw = Im E(w + 1e-30 i) / 1e-30.
"""

from functools import partial

import numpy as np
import sympy

from autograder.checks import expect, question

START = np.array([0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55])
INPUTS, TARGETS, RATES = [0.05, 0.1], [0.01, 0.99], [0.1, 0.2, 0.5, 0.8, 1.0, 2.0]
W = [f"w{k}" for k in range(1, 9)]
GRADIENT = {f"dE/d{w}": (f"∂E/∂{w}", f"dE_total/d{w}", f"∂E_total/∂{w}") for w in W}
HEADS = dict.fromkeys(W, ()) | {"E": ("E_total",)} | GRADIENT

TOGETHER = "take all eight gradients at the old weights, and only then change the weights"
NO_BIAS = "this network has no biases: leave them out"
CROSSED = "w5 and w6 lead to o1, w7 and w8 to o2: yours are crossed"
EARLY = "w5 to w8 multiply a_h1 and a_h2, not h1 and h2"
DOWNHILL = "subtract rate times gradient: yours goes uphill"
AT_OUTPUT = "the slope of sigma at the output is missing"
AT_HIDDEN = "the slope of sigma at the hidden unit is missing"
ONE_PATH = "a hidden unit reaches E through both outputs: add up the two paths"
HALF = "the half in front of (t - a_o)^2 is missing"
MEAN = "E is the sum over the two outputs, not their mean"
LATE = "E belongs to the weights before the update: note it first, then take the step"
ONCE = "take the gradient anew at each step"


@np.errstate(all="ignore")
def sigma(x, exp=np.exp):
    return 1 / (1 + exp(-x))


def flat(x):
    """Return sigma with the slope 1: in a complex step the slope moves the imaginary part."""
    return sigma(x.real) + 1j * x.imag


def network(w, i=INPUTS, t=TARGETS, hidden=sigma, output=sigma):
    """Return every value by name; the parts may be numbers, columns or symbols."""
    h = [w[k] * i[0] + w[k + 1] * i[1] for k in (0, 2)]
    a_h = [hidden(x) for x in h]
    o = [w[k] * a_h[0] + w[k + 1] * a_h[1] for k in (4, 6)]
    a_o = [output(x) for x in o]
    E = [(a - b) ** 2 / 2 for a, b in zip(a_o, t, strict=True)]
    names = ["h1", "h2", "a_h1", "a_h2", "o1", "o2", "a_o1", "a_o2", "E1", "E2", "E"]
    return dict(zip(names, (*h, *a_h, *o, *a_o, *E, sum(E)), strict=True))


def slopes(w, of="E", **others):
    """Return the gradient at weights (8,), or at columns of weights (8, steps)."""
    shakes = 1e-30j * np.eye(8).reshape(8, 8, *[1] * (w.ndim - 1))
    return network(w[:, None] + shakes, **others)[of].imag / 1e-30


def in_turn(w, rate=0.5):
    """Return the gradient when w5 to w8 change before that of w1 to w4 is taken: a mistake."""
    last = slopes(w)[4:]
    return np.concatenate([slopes(np.concatenate([w[:4], w[4:] - rate * last]))[:4], last])


@np.errstate(all="ignore")
def wrong_slopes(w):
    """Return the gradient that each mistake gives, by its hint."""
    k, (first, last) = network(w), np.split(slopes(w), 2)
    a_h, h = (np.array([k[name + j] for j in "1212"]) for name in ("a_h", "h"))
    return {
        EARLY: np.append(first, last / a_h * h, 0),
        AT_OUTPUT: slopes(w, output=flat),
        AT_OUTPUT + " in dE/dw5 to dE/dw8": np.append(first, slopes(w, output=flat)[4:], 0),
        AT_HIDDEN: slopes(w, hidden=flat),
        ONE_PATH: np.append(slopes(w, of="E1")[:4], last, 0),
        CROSSED: np.append(first, last[[0, 2, 1, 3]], 0),
        "w4 has a gradient of its own, not that of w3": np.append(first[[0, 1, 2, 2]], last, 0),
        TOGETHER: in_turn(w),
    }


def descend(rate, n, w=START, gradient=lambda w, rate: slopes(w)):
    """Return the weights before the first step and after each of n steps, (8, n + 1)."""
    path = [w]
    for _ in range(n):
        path.append(path[-1] - rate * gradient(path[-1], rate))
    return np.array(path).T


def curve(rate, n, **others):
    """Return [E0, ..., En] of a descent."""
    return network(descend(rate, n, **others))["E"]


def numbers(got, name, shape=None, ndim=None):
    """Return an answer as floats that can be calculated with."""
    array = expect(got, name).array(shape, dtype="float", ndim=ndim)
    expect(got, name).that(np.all(np.abs(array) < 1e9), f"{name} holds a far too large number")
    return array


def runs(student, rng, keys):
    """Yield w, i, t and what forward gives for `keys`: the given network, then others."""
    drawn = np.vstack([[*START, *INPUTS, *TARGETS], rng.uniform(-2, 2, (3, 12))])
    for w, i, t in (np.split(row, [8, 10]) for row in drawn):
        got = expect(student.forward(w.tolist(), i.tolist(), t.tolist()), "what forward returns")
        found = got.mapping(keys)
        yield w, i, t, np.array([numbers(found[key], key, ()) for key in keys])


def check_layer(got, weights, x, name, mistakes):
    """Compare the two sums weights @ x of a layer, then sigma of the sums: got is (4,)."""
    sums, activated = np.split(got, 2)
    expect(sums, f"[{name}1, {name}2]").close(weights @ x, mistakes=mistakes)
    mistakes = {
        f"a_{name} is sigma of {name}: the activation is missing": sums,
        "the activation is sigma, not tanh": np.tanh(sums),
        "the exponent has a minus: sigma(x) = 1 / (1 + e^-x)": sigma(-sums),
    }
    expect(activated, f"[a_{name}1, a_{name}2]").close(sigma(sums), mistakes=mistakes)


@question("q1", weight=4)
def test_hidden_layer(student, rng):
    """h1, h2 and a_h1, a_h2 follow from the inputs and w1 to w4"""
    for w, i, _, got in runs(student, rng, ("h1", "h2", "a_h1", "a_h2")):
        V = w[:4].reshape(2, 2)
        crossed = "w1 and w2 lead to h1, w3 and w4 to h2: yours are crossed"
        check_layer(got, V, i, "h", {crossed: V.T @ i, NO_BIAS: V @ i + 0.35})


@question("q1", weight=3)
def test_output_layer(student, rng):
    """o1, o2 and a_o1, a_o2 follow from your own a_h1, a_h2 and w5 to w8"""
    for w, i, _, got in runs(student, rng, ("a_h1", "a_h2", "o1", "o2", "a_o1", "a_o2")):
        (V, U), a_h = w.reshape(2, 2, 2), got[:2]
        early = "the outputs read a_h1 and a_h2, not h1 and h2"
        mistakes = {CROSSED: U.T @ a_h, NO_BIAS: U @ a_h + 0.6, early: U @ V @ i}
        check_layer(got[2:], U, a_h, "o", mistakes)


def letters():
    """Return what each name stands for, written out in w1 to w8, i1, i2, t1 and t2."""
    own = {name: sympy.Symbol(name) for name in (*W, "i1", "i2", "t1", "t2")}
    w, i, t = [own[name] for name in W], [own["i1"], own["i2"]], [own["t1"], own["t2"]]
    logistic = partial(sigma, exp=sympy.exp)
    return own | network(w, i, t, logistic, logistic)


def compare(student, weight, k, right, mistakes):
    """Compare one gradient with the derivative of E; `k` are the letters."""
    scaled = {
        "the sign is turned around: 1/2 (t - a)^2 has the slope a - t by a": -right,
        "the half in E is forgotten: it cancels the 2 of the square": 2 * right,
        MEAN: right / 2,
    }
    usable = {name: meaning for name, meaning in k.items() if name[0] != "E"}
    usable |= dict.fromkeys(("sigma", "σ"), "sigmoid")
    got = expect(student.GRADIENTS, "GRADIENTS").mapping([weight])[weight]
    formula = expect(got, f'GRADIENTS["{weight}"]')
    formula.same_expression(right, usable, mistakes={**mistakes, **scaled})


def last_gradients(student, weights, unit):
    """Compare dE by the weights that lead from a hidden unit, 1 or 2, to o1 and o2."""
    k, (to_o1, to_o2) = letters(), weights
    a_h, a_twin, h = k[f"a_h{unit}"], k[f"a_h{3 - unit}"], k[f"h{unit}"]
    right = [sympy.diff(k["E"], k[weight]) for weight in weights]
    for j, weight in enumerate(weights):
        o, a_o = k[f"o{j + 1}"], k[f"a_o{j + 1}"]
        bare = right[j] / (a_o * (1 - a_o))
        mistakes = {
            f"{to_o1} and {to_o2} multiply a_h{unit}, not h{unit}": right[j] / a_h * h,
            f"{to_o1} leads to o1, {to_o2} to o2: yours goes to the other": right[1 - j],
            CROSSED: right[1 - j] / a_h * a_twin,
            AT_OUTPUT: bare,
            "the slope of sigma is a_o (1 - a_o), not o (1 - o)": bare * o * (1 - o),
        }
        compare(student, weight, k, right[j], mistakes)


def first_gradients(student, weights, unit):
    """Compare dE by the weights that lead from i1 and i2 to a hidden unit, 1 or 2."""
    k, (from_i1, from_i2), twin = letters(), weights, 3 - unit
    U = np.array([k[name] for name in W[4:]]).reshape(2, 2)
    own, others = U[:, unit - 1], U[:, twin - 1]
    bend = {name: value * (1 - value) for name, value in k.items()}
    at_h, at_twin, at_o = bend[f"a_h{unit}"], bend[f"a_h{twin}"], [bend["a_o1"], bend["a_o2"]]
    for weight, i, other in ((from_i1, "i1", "i2"), (from_i2, "i2", "i1")):
        by = np.array([sympy.diff(k[error], k[weight]) for error in ("E1", "E2")])
        right, free = sum(by), by / own
        elsewhere = sum(free * others) / at_h * at_twin
        mistakes = {
            ONE_PATH: by[0],
            AT_HIDDEN: right / at_h,
            AT_OUTPUT: sum(by / at_o),
            f"{from_i1} belongs to i1, {from_i2} to i2": right / k[i] * k[other],
            f"{from_i1} and {from_i2} lead to h{unit}, not to h{twin}": elsewhere,
            f"h{unit} leads to o1 by {own[0]} and to o2 by {own[1]}": sum(free * U[unit - 1]),
            f"multiply each path by its weight, {own[0]} or {own[1]}": sum(free),
            "the slope of sigma is a_h (1 - a_h), not h (1 - h)": right / at_h * bend[f"h{unit}"],
        }
        compare(student, weight, k, right, mistakes)


@question("q2")
def test_gradients_of_w5_and_w7(student):
    """dE/dw5 and dE/dw7, of the weights from a_h1 to the outputs, are right"""
    last_gradients(student, ("w5", "w7"), unit=1)


@question("q2")
def test_gradients_of_w1_and_w2(student):
    """dE/dw1 and dE/dw2, of the weights from the inputs to h1, are right"""
    first_gradients(student, ("w1", "w2"), unit=1)


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
    updated = START - 0.5 * slopes(START)
    mistakes = {"the first row is step 0: the weights before any update": updated}
    expect(w[:, 0], "the weights of step 0").close(START, rtol=0, atol=1e-6, mistakes=mistakes)


@question("q3")
def test_table_errors(files):
    """the E of every row follows from the weights of that row"""
    w, E, _ = table(files)
    own = network(w)
    mistakes = {
        LATE: network(w - 0.5 * slopes(w))["E"],
        HALF: 2 * own["E"],
        MEAN: own["E"] / 2,
        "E is the sum of E1 and E2": own["E1"],
        "E belongs to the weights of its own row, not of the first row": own["E"][:1] + 0 * E,
    }
    expect(E, "the column E").close(own["E"], rtol=0, atol=1e-6, mistakes=mistakes)


@question("q4")
def test_plot_is_a_picture(files):
    """the plot was handed in, and it is a picture"""
    files.picture("sweep.svg")


@question("q4", weight=2)
def test_each_rate_alone(student, rng):
    """for a single rate, sweep gives E before the first step and after each of n steps"""
    for rate in (0.1, 0.5, 2.0, round(rng.uniform(0.1, 2), 3)):
        n, longer = 4, curve(rate, 5)
        right = longer[:-1]
        mistakes = {
            LATE: longer[1:],
            LATE + "; n steps give n + 1 values": right[1:],
            "n steps give n + 1 values: E after the last step is missing": right[:-1],
            TOGETHER: curve(rate, n, gradient=in_turn),
            DOWNHILL: curve(-rate, n),
            "use the rate that is given, not 0.5": curve(0.5, n),
            ONCE: curve(rate, n, gradient=lambda *_: slopes(START)),
        }
        got = expect(student.sweep([rate], n), "what sweep returns").mapping([str(rate)])
        own = expect(got[str(rate)], f"the curve of rate {rate}")
        own.close(right, atol=1e-12, mistakes=mistakes)


def train(student, w, i=INPUTS, t=TARGETS, rate=0.5, n=1):
    """Return the student's weights (8,) after n steps from w."""
    got = student.train(*(np.asarray(part).tolist() for part in (w, i, t)), rate, n)
    return numbers(got, "what train returns", (8,))


def one_step(student, rng, part, name):
    """Compare how train moves a part of the weights in one step, from several starts."""
    for w in (START, *rng.uniform(-2, 2, (3, 8))):
        gradient, none = slopes(w), "with n = 1 train takes one step: yours takes none"
        wrong = {**wrong_slopes(w), DOWNHILL: -gradient, none: 0 * gradient}
        mistakes = {hint: -0.5 * slope[part] for hint, slope in wrong.items()}
        moved = expect((train(student, w) - w)[part], f"the change of {name}")
        moved.close(-0.5 * gradient[part], rtol=1e-8, atol=1e-12, mistakes=mistakes)


@question("q5")
def test_one_step_of_the_last_weights(student, rng):
    """one step moves w5 to w8 as it should, from any weights"""
    one_step(student, rng, np.s_[4:], "[w5, w6, w7, w8]")


@question("q5")
def test_one_step_of_the_first_weights(student, rng):
    """one step moves w1 to w4 as it should, from any weights"""
    one_step(student, rng, np.s_[:4], "[w1, w2, w3, w4]")
