"""Public checks of backpropagation by hand.

Derivatives are taken here without the chain rule: sympy differentiates the formulas, and
numbers are differentiated by the complex step, dE/dw = Im E(w + 1e-30 i) / 1e-30.
"""

import re
from contextlib import suppress

import numpy as np
import sympy

from autograder.checks import expect, question
from autograder.checks.convert import kind_of

START = np.array([0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55])
INPUTS, TARGETS, RATES = [0.05, 0.1], [0.01, 0.99], [0.1, 0.2, 0.5, 0.8, 1.0, 2.0]
W = [f"w{k}" for k in range(1, 9)]
COLUMNS = [*W, "E", *(f"dE/d{w}" for w in W)]

TOGETHER = "take all eight gradients at the old weights, and only then change the weights"
NO_BIAS = "this network has no biases: leave them out"
DOWNHILL = "subtract rate times gradient: yours goes uphill"
AT_OUTPUT = "the slope of sigma at the output is missing"
AT_HIDDEN = "the slope of sigma at the hidden unit is missing"
ONE_PATH = "a hidden unit reaches E through both outputs: add up the two paths"
LATE = "E belongs to the weights before the update: note it first, then take the step"


def sigma(x):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-x))


def network(w, i=INPUTS, t=TARGETS, sigma=sigma):
    """Return every value by name; the parts may be numbers, columns or symbols."""
    h = [w[k] * i[0] + w[k + 1] * i[1] for k in (0, 2)]
    a_h = [sigma(x) for x in h]
    o = [w[k] * a_h[0] + w[k + 1] * a_h[1] for k in (4, 6)]
    a_o = [sigma(x) for x in o]
    E = [(a - b) ** 2 / 2 for a, b in zip(a_o, t, strict=True)]
    names = ["h1", "h2", "a_h1", "a_h2", "o1", "o2", "a_o1", "a_o2", "E1", "E2", "E"]
    return dict(zip(names, (*h, *a_h, *o, *a_o, *E, sum(E)), strict=True))


def slopes(w, of="E"):
    """Return the gradient at weights (8,), or at columns of weights (8, steps)."""
    shakes = 1e-30j * np.eye(8).reshape(8, 8, *[1] * (w.ndim - 1))
    return network(w[:, None] + shakes)[of].imag / 1e-30


def step(w, rate=0.5):
    return w - rate * slopes(w)


def sequential_step(w, rate=0.5):
    """Return the weights after a step that changes w5 to w8 first: a mistake."""
    last = step(w, rate)[4:]
    return np.append(step(np.append(w[:4], last), rate)[:4], last)


def curve(rate, n, step=step):
    """Return [E0, ..., En] from the given start."""
    w, errors = START, []
    while len(errors) <= n:
        errors.append(network(w)["E"])
        w = step(w, rate)
    return np.array(errors)


def numbers(got, name, shape):
    """Return an answer as floats that can be calculated with."""
    array = expect(got, name).array(shape, dtype="float")
    expect(got, name).that(np.all(np.abs(array) < 1e9), f"{name} holds a far too large number")
    return array


def parts(got, name, keys):
    """Return the values that a dict has for `keys`."""
    texts = isinstance(got, dict) or kind_of(got) != "a dict"
    hint = "write each key as a text: in quotes, or with str(...)"
    expect(got, name).that(texts, f"not all keys of {name} are texts", hint)
    found = expect(got, name).mapping(keys)
    return [found[key] for key in keys]


# ------------------------------------------------------------------ forward


def runs(student, rng, keys):
    """Yield w, i and what forward gives for `keys`: the given network, then others."""
    drawn = [(x[:8], x[8:10], x[10:]) for x in rng.uniform(-2, 2, (5, 12))]
    for w, i, t in ((START, np.array(INPUTS), np.array(TARGETS)), *drawn):
        got = student.forward(w.tolist(), i.tolist(), t.tolist())
        found = parts(got, "what forward returns", keys)
        yield w, i, np.array([numbers(x, key, ()) for key, x in zip(keys, found, strict=True)])


@question("q1", weight=4)
def test_hidden_layer(student, rng):
    """h1, h2 and a_h1, a_h2 follow from the inputs and w1 to w4"""
    for w, i, got in runs(student, rng, ("h1", "h2", "a_h1", "a_h2")):
        v = w[:4].reshape(2, 2)
        h, crossed, biased = v @ i, v.T @ i, v @ i + 0.35
        mistakes = {
            "w1 and w2 lead to h1, w3 and w4 to h2: yours are crossed": [*crossed, *sigma(crossed)],
            NO_BIAS: [*biased, *sigma(biased)],
            "a_h is sigma of h: the activation is missing": [*h, *h],
            "the activation is sigma, not tanh": [*h, *np.tanh(h)],
            "the exponent has a minus: sigma(x) = 1 / (1 + e^-x)": [*h, *sigma(-h)],
        }
        expect(got, "[h1, h2, a_h1, a_h2]").close([*h, *sigma(h)], mistakes=mistakes)


@question("q1", weight=3)
def test_output_layer(student, rng):
    """o1, o2 and a_o1, a_o2 follow from your own a_h1, a_h2 and w5 to w8"""
    for w, i, got in runs(student, rng, ("a_h1", "a_h2", "o1", "o2", "a_o1", "a_o2")):
        u, h, a_h = w[4:].reshape(2, 2), w[:4].reshape(2, 2) @ i, got[:2]
        o, crossed, early, biased = u @ a_h, u.T @ a_h, u @ h, u @ a_h + 0.6
        mistakes = {
            "w5 and w6 lead to o1, w7 and w8 to o2: yours are crossed": [*crossed, *sigma(crossed)],
            "the outputs read a_h1 and a_h2, not h1 and h2": [*early, *sigma(early)],
            NO_BIAS: [*biased, *sigma(biased)],
            "a_o is sigma of o: the activation is missing": [*o, *o],
        }
        expect(got[2:], "[o1, o2, a_o1, a_o2]").close([*o, *sigma(o)], mistakes=mistakes)


# ------------------------------------------------------------------ formulas


def letters():
    """Return what each name stands for, written out in w1 to w8, i1, i2, t1 and t2."""
    own = {name: sympy.Symbol(name) for name in (*W, "i1", "i2", "t1", "t2")}
    w, i, t = [own[name] for name in W], [own["i1"], own["i2"]], [own["t1"], own["t2"]]
    return own | network(w, i, t, lambda x: 1 / (1 + sympy.exp(-x)))


def compare(student, weight, k, mistakes):
    """Compare one gradient with the derivative of E; `k` are the letters."""
    right = sympy.diff(k["E"], k[weight])
    scaled = {
        "the sign is turned around: 1/2 (t - a)^2 has the slope a - t by a": -right,
        "the half in E is forgotten: it cancels the 2 of the square": 2 * right,
        "E is the sum over the two outputs, not their mean": right / 2,
    }
    usable = {name: meaning for name, meaning in k.items() if name[0] != "E"}
    usable |= dict.fromkeys(("sigma", "σ"), "sigmoid")
    got = expect(parts(student.GRADIENTS, "GRADIENTS", [weight])[0], f'GRADIENTS["{weight}"]')
    got.same_expression(right, usable, mistakes={**mistakes, **scaled})


@question("q2")
def test_gradients_of_w5_and_w7(student):
    """dE/dw5 and dE/dw7, of the weights from a_h1 to the outputs, are right"""
    k = letters()
    for weight, other, j in (("w5", "w7", 1), ("w7", "w5", 2)):
        right, o, a_o = sympy.diff(k["E"], k[weight]), k[f"o{j}"], k[f"a_o{j}"]
        bare = right / (a_o * (1 - a_o))
        mistakes = {
            "w5 and w7 multiply a_h1, not h1": right / k["a_h1"] * k["h1"],
            "w5 and w7 multiply a_h1, not a_h2": right / k["a_h1"] * k["a_h2"],
            "w5 leads to o1, w7 to o2: yours goes to the other": sympy.diff(k["E"], k[other]),
            AT_OUTPUT: bare,
            "the slope of sigma is a_o (1 - a_o), not o (1 - o)": bare * o * (1 - o),
        }
        compare(student, weight, k, mistakes)


@question("q2")
def test_gradients_of_w1_and_w2(student):
    """dE/dw1 and dE/dw2, of the weights from the inputs to h1, are right"""
    k = letters()
    at_1, at_2, at_h = (k[a] * (1 - k[a]) for a in ("a_o1", "a_o2", "a_h1"))
    for weight, other, i, twin in (("w1", "w3", "i1", "i2"), ("w2", "w4", "i2", "i1")):
        by_1, by_2 = sympy.diff(k["E1"], k[weight]), sympy.diff(k["E2"], k[weight])
        bare = (by_1 + by_2) / at_h
        mistakes = {
            ONE_PATH: by_1,
            AT_HIDDEN: bare,
            AT_OUTPUT: by_1 / at_1 + by_2 / at_2,
            "w1 belongs to i1, w2 to i2": (by_1 + by_2) / k[i] * k[twin],
            "w1 and w2 lead to h1, not to h2": sympy.diff(k["E"], k[other]),
            "h1 leads to o1 by w5 and to o2 by w7": by_1 + by_2 / k["w7"] * k["w6"],
            "multiply each path by its weight, w5 or w7": by_1 / k["w5"] + by_2 / k["w7"],
            "the slope of sigma is a_h (1 - a_h), not h (1 - h)": bare * k["h1"] * (1 - k["h1"]),
        }
        compare(student, weight, k, mistakes)


# ------------------------------------------------------------------ the table


def plain(head):
    """Return the head of a column in plain letters: `∂E_total/∂w1` becomes `dedw1`."""
    return re.sub("[^a-z0-9]", "", str(head).lower().replace("∂", "d").replace("total", ""))


def table(files):
    """Return the numbers of the table, (steps, 17), columns as in COLUMNS."""
    rows, wanted = files.table("table.csv"), [plain(name) for name in COLUMNS]
    heads = [[plain(cell) for cell in row] for row in rows[:50]] or [[]]
    top = max(range(len(heads)), key=lambda n: len(set(heads[n]) & set(wanted)))
    missing = [COLUMNS[k] for k in range(17) if wanted[k] not in heads[top]]
    seen = f"the table lacks {len(missing)} of its 17 columns: {', '.join(missing[:4])}"
    hint = "name the columns w1, ..., w8, E, dE/dw1, ..., dE/dw8; commas part them in a CSV"
    expect(rows, "the table").that(not missing, seen, hint)
    places = [heads[top].index(name) for name in wanted]
    found = []
    for line, row in enumerate(rows[top + 1 :], top + 1):
        cells = [row[place] if place < len(row) else None for place in places]
        if any(cell not in (None, "") for cell in cells):
            found.append([cell_number(files, line, *x) for x in zip(cells, places, strict=True)])
    seen = f"the table has {len(found)} rows of numbers, 101 or more were wanted"
    expect(rows, "the table").that(len(found) > 1, seen, "steps 0 to 100 are 101 rows")
    return np.array(found)


def cell_number(files, line, cell, place):
    """Return a cell of the table as a number; `line` and `place` count from 0."""
    with suppress(TypeError, ValueError, OverflowError):
        if abs(float(cell)) < 1e9:
            return float(cell)
    where = f"line {line + 1}, column {place + 1} of the table"
    rows = files.formulas("table.csv")[line : line + 1]
    if str(*(row[place] for row in rows if place < len(row))).startswith("="):
        hint = "open the file in a spreadsheet program, save it there and hand it in again"
        expect(cell, where).that(False, f"{where} is a formula whose value was not saved", hint)
    hint = "write plain numbers, with a point before the decimals"
    expect(cell, where).that(False, f"{where} holds no number", hint)


@question("q3")
def test_table_begins_at_the_given_weights(files):
    """the table has its 17 columns and the steps 0 to 100, and step 0 is the given start"""
    rows = table(files)
    seen = f"the table has {len(rows)} rows of numbers, 101 or more were wanted"
    expect(rows, "the table").that(len(rows) > 100, seen, "steps 0 to 100 are 101 rows")
    fine = np.any(np.abs(rows[:, 8:] - np.round(rows[:, 8:], 5)) > 1e-9)
    seen = "E and the gradients have 5 decimals or fewer"
    expect(rows, "the table").that(fine, seen, "write at least six decimals")
    mistakes = {"the first row is step 0: the weights before any update": step(START)}
    first = expect(rows[0, :8], "[w1, ..., w8] of step 0")
    first.close(START, rtol=0, atol=1e-6, mistakes=mistakes)


@question("q3")
def test_table_errors(files):
    """the E of every row follows from the weights of that row"""
    w = table(files)[:, :8].T
    own, late = network(w), network(step(w))
    mistakes = {
        LATE: late["E"],
        "the half in front of (t - a_o)^2 is missing": 2 * own["E"],
        "E is the sum over the two outputs, not their mean": own["E"] / 2,
        "E is the sum of E1 and E2": own["E1"],
        "E belongs to the weights of its own row, not of the first row": own["E"][:1] + 0 * w[0],
    }
    expect(table(files)[:, 8], "the column E").close(own["E"], rtol=0, atol=1e-6, mistakes=mistakes)


# ------------------------------------------------------------------ the sweep


@question("q4")
def test_plot_is_a_picture(files):
    """the plot was handed in, and it is a picture"""
    data = files.data("sweep.svg")
    name = files.path("sweep.svg").name
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:2000].lower()
    drawn = start.startswith(b"<") and b"<svg" in start and b"<html" not in start
    drawn = drawn or data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"%PDF"))
    hint = "save the plot as SVG, PNG, PDF or JPEG from the program that drew it"
    seen = f"{name} ({len(data)} bytes) is no picture that can be shown"
    expect(name, name).that(drawn and len(data) > 500, seen, hint)


@question("q4")
def test_each_rate_alone(student):
    """for a single rate, sweep gives E before the first step and after each of n steps"""
    for rate in RATES:
        n, right = 6, curve(rate, 6)
        mistakes = {
            LATE: curve(rate, n + 1)[1:],
            LATE + "; n steps give n + 1 values": right[1:],
            "n steps give n + 1 values: E after the last step is missing": right[:-1],
            TOGETHER: curve(rate, n, sequential_step),
            DOWNHILL: curve(-rate, n),
            "use the rate that is given, not 0.5": curve(0.5, n),
            "take the gradient anew at each step": curve(
                rate, n, lambda w, r: w - r * slopes(START)
            ),
        }
        got = parts(student.sweep([rate], n), "what sweep returns", [str(rate)])[0]
        expect(got, f"the curve of rate {rate}").close(right, atol=1e-12, mistakes=mistakes)


# ------------------------------------------------------------------ the trainer


def changes(student, rng, own):
    """Yield w, how train moves the weights `own`, and how a step moves them, both (2, 2)."""
    for w in (START, *rng.uniform(-2, 2, (5, 8))):
        got = student.train(w.tolist(), INPUTS, TARGETS, 0.5, 1)
        moved = numbers(got, "what train returns", (8,)) - w
        yield w, moved[own].reshape(2, 2), -0.5 * slopes(w)[own].reshape(2, 2)


@question("q5")
def test_one_step_of_the_last_weights(student, rng):
    """one step moves w5 to w8 as it should, from any weights"""
    for w, got, right in changes(student, rng, np.s_[4:]):
        k = network(w)
        a_o, a_h, h = (np.array([k[x + "1"], k[x + "2"]]) for x in ("a_o", "a_h", "h"))
        mistakes = {
            "w5 to w8 multiply a_h1 and a_h2, not h1 and h2": right / a_h * h,
            AT_OUTPUT: right / (a_o * (1 - a_o))[:, None],
            "w5 and w6 lead to o1, w7 and w8 to o2: yours are crossed": right.T,
            DOWNHILL: -right,
            "train with n = 1 takes one step: yours takes none": 0 * right,
        }
        moved = expect(got, "the change of [[w5, w6], [w7, w8]]")
        moved.close(right, rtol=1e-8, atol=1e-12, mistakes=mistakes)


@question("q5")
def test_one_step_of_the_first_weights(student, rng):
    """one step moves w1 to w4 as it should, from any weights"""
    for w, got, right in changes(student, rng, np.s_[:4]):
        k = network(w)
        a_h = np.array([k["a_h1"], k["a_h2"]])
        mistakes = {
            TOGETHER: (sequential_step(w) - w)[:4].reshape(2, 2),
            AT_HIDDEN: right / (a_h * (1 - a_h))[:, None],
            ONE_PATH: -0.5 * slopes(w, of="E1")[:4].reshape(2, 2),
            "w4 has a gradient of its own, not that of w3": [right[0], right[1, [0, 0]]],
            DOWNHILL: -right,
        }
        moved = expect(got, "the change of [[w1, w2], [w3, w4]]")
        moved.close(right, rtol=1e-8, atol=1e-12, mistakes=mistakes)
