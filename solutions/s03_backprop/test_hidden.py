"""Hidden checks of backpropagation by hand; every gradient in numbers is the reference's."""

import re

import numpy as np
import sympy

from autograder.checks import expect, question

INPUTS, TARGETS, RATES = [0.05, 0.1], [0.01, 0.99], [0.1, 0.2, 0.5, 0.8, 1.0, 2.0]
W = [f"w{k}" for k in range(1, 9)]
COLUMNS = [*W, "E", *(f"dE/d{w}" for w in W)]
MOVED = {"rtol": 1e-8, "atol": 1e-11}  # differences of weights have lost some digits

TOGETHER = "take all eight gradients at the old weights, and only then change the weights"
UPHILL = "subtract rate times gradient: yours goes uphill"
AT_OUTPUT = "the slope of sigma at the output is missing"
AT_HIDDEN = "the slope of sigma at the hidden unit is missing"
ONE_PATH = "a hidden unit reaches E through both outputs: add up the two paths"
STILL = "a step has to change the weights"
ONCE = "take the gradient anew at each step"


def numbers(got, name, shape=None, ndim=None):
    """Return an answer as floats that can be calculated with."""
    array = expect(got, name).array(shape, dtype="float", ndim=ndim)
    expect(got, name).that(np.all(np.abs(array) < 1e9), f"{name} holds a far too large number")
    return array


def parts(got, name, keys):
    """Return the values that a dict has for `keys`."""
    found = expect(got, name).mapping(keys)
    return [found[key] for key in keys]


@question("q1", weight=3)
def test_error_follows_from_the_outputs(student, rng):
    """E1, E2 and E follow from the targets and your own a_o1 and a_o2"""
    keys = ("a_o1", "a_o2", "E1", "E2", "E")
    for _ in range(5):
        w, i, t = (rng.uniform(-2, 2, n).tolist() for n in (8, 2, 2))
        found = parts(student.forward(w, i, t), "what forward returns", keys)
        got = np.array([numbers(x, key, ()) for key, x in zip(keys, found, strict=True)])
        gap = got[:2] - t
        right = np.append(gap**2 / 2, sum(gap**2) / 2)
        crossed = (got[:2] - t[::-1]) ** 2 / 2
        mistakes = {
            "the half in front of (t - a_o)^2 is missing": 2 * right,
            "E is the sum of E1 and E2, not their mean": np.append(right[:2], right[2] / 2),
            "each error is half a square, not a distance": np.append(abs(gap), sum(abs(gap))),
            "E1 compares a_o1 with t1, E2 a_o2 with t2": np.append(crossed, sum(crossed)),
        }
        expect(got[2:], "[E1, E2, E]").close(right, mistakes=mistakes)


# ------------------------------------------------------------------ formulas


def letters():
    """Return what each name stands for, written out in w1 to w8, i1, i2, t1 and t2."""
    k = {name: sympy.Symbol(name) for name in (*W, "i1", "i2", "t1", "t2")}
    for j, (first, second) in enumerate((("w1", "w2"), ("w3", "w4")), 1):
        k[f"h{j}"] = k[first] * k["i1"] + k[second] * k["i2"]
        k[f"a_h{j}"] = 1 / (1 + sympy.exp(-k[f"h{j}"]))
    for j, (first, second) in enumerate((("w5", "w6"), ("w7", "w8")), 1):
        k[f"o{j}"] = k[first] * k["a_h1"] + k[second] * k["a_h2"]
        k[f"a_o{j}"] = 1 / (1 + sympy.exp(-k[f"o{j}"]))
    return k


def errors(k):
    return [(k[f"t{j}"] - k[f"a_o{j}"]) ** 2 / 2 for j in (1, 2)]


def compare(student, weight, k, mistakes):
    """Compare one gradient with the derivative of E; `k` are the letters."""
    right = sympy.diff(sum(errors(k)), k[weight])
    scaled = {
        "the sign is turned around: 1/2 (t - a)^2 has the slope a - t by a": -right,
        "the half in E is forgotten: it cancels the 2 of the square": 2 * right,
        "E is the sum over the two outputs, not their mean": right / 2,
    }
    usable = k | dict.fromkeys(("sigma", "σ"), "sigmoid")
    got = expect(parts(student.GRADIENTS, "GRADIENTS", [weight])[0], f'GRADIENTS["{weight}"]')
    got.same_expression(right, usable, mistakes={**mistakes, **scaled})


@question("q2")
def test_gradients_of_w6_and_w8(student):
    """dE/dw6 and dE/dw8, of the weights from a_h2 to the outputs, are right"""
    k = letters()
    E = sum(errors(k))
    for weight, other, j in (("w6", "w7", 1), ("w8", "w6", 2)):
        right, o, a_o = sympy.diff(E, k[weight]), k[f"o{j}"], k[f"a_o{j}"]
        bare = right / (a_o * (1 - a_o))
        mistakes = {
            "w6 and w8 multiply a_h2, not h2": right / k["a_h2"] * k["h2"],
            "w6 and w8 multiply a_h2, not a_h1": right / k["a_h2"] * k["a_h1"],
            "w6 leads from a_h2 to o1, w7 from a_h1 to o2": sympy.diff(E, k[other]),
            AT_OUTPUT: bare,
            "the slope of sigma is a_o (1 - a_o), not o (1 - o)": bare * o * (1 - o),
        }
        compare(student, weight, k, mistakes)


@question("q2")
def test_gradients_of_w3_and_w4(student):
    """dE/dw3 and dE/dw4, of the weights from the inputs to h2, are right"""
    k = letters()
    E1, E2 = errors(k)
    at_1, at_2, at_h = (k[a] * (1 - k[a]) for a in ("a_o1", "a_o2", "a_h2"))
    for weight, other, i, twin in (("w3", "w1", "i1", "i2"), ("w4", "w2", "i2", "i1")):
        by_1, by_2 = sympy.diff(E1, k[weight]), sympy.diff(E2, k[weight])
        bare = (by_1 + by_2) / at_h
        mistakes = {
            ONE_PATH: by_1,
            AT_HIDDEN: bare,
            AT_OUTPUT: by_1 / at_1 + by_2 / at_2,
            "w3 belongs to i1, w4 to i2": (by_1 + by_2) / k[i] * k[twin],
            "w3 and w4 lead to h2, not to h1": sympy.diff(E1 + E2, k[other]),
            "h2 leads to o1 by w6 and to o2 by w8": by_1 / k["w6"] * k["w7"] + by_2,
            "multiply each path by its weight, w6 or w8": by_1 / k["w6"] + by_2 / k["w8"],
            "the slope of sigma is a_h (1 - a_h), not h (1 - h)": bare * k["h2"] * (1 - k["h2"]),
        }
        compare(student, weight, k, mistakes)


# ------------------------------------------------------------------ the table


def plain(head):
    """Return the head of a column in plain letters: `∂E_total/∂w1` becomes `dedw1`."""
    return re.sub("[^a-z0-9]", "", str(head).lower().replace("∂", "d").replace("total", ""))


def table(files):
    """Return the weights (steps, 8) and the gradients (steps, 8) of the table."""
    hint = "mend first what the public checks of this question say about the table"
    rows, wanted = files.table("table.csv"), [plain(name) for name in COLUMNS]
    heads = [[plain(cell) for cell in row] for row in rows[:50]] or [[]]
    top = max(range(len(heads)), key=lambda n: len(set(heads[n]) & set(wanted)))
    expect(rows).that(set(wanted) <= set(heads[top]), "columns are missing", hint)
    places = [heads[top].index(name) for name in wanted]
    cells = [[row[k] if k < len(row) else None for k in places] for row in rows[top + 1 :]]
    cells = [row for row in cells if any(cell not in (None, "") for cell in row)]
    try:
        found = np.array(cells, dtype=float).reshape(-1, 17)
    except (TypeError, ValueError, OverflowError):
        found = np.empty((0, 17))
    usable = len(found) > 1 and np.all(np.abs(found) < 1e9)
    expect(rows).that(usable, "some cells hold no number", hint)
    return found[:, :8], found[:, 9:]


def gradient(reference, w):
    return reference.error_and_gradient(w, INPUTS, TARGETS)[1]


@question("q3")
@np.errstate(all="ignore")
def test_table_gradients(files, reference):
    """the gradients of every row follow from the weights of that row"""
    w, got = table(files)
    right = np.array([gradient(reference, row) for row in w])
    V, U = w[:, :4].reshape(-1, 2, 2), w[:, 4:].reshape(-1, 2, 2)
    h = V @ INPUTS
    a_h = reference.sigma(h)
    a_o = reference.sigma((U @ a_h[:, :, None])[:, :, 0])
    at_o = right[:, [4, 6]] / a_h[:, :1]
    early, alone = (at_o[:, :, None] * h[:, None]).reshape(-1, 4), right.copy()
    alone[:, 5] = early[:, 1]
    at_h1 = at_o[:, :1] * U[:, 0] * a_h * (1 - a_h)
    moved = np.hstack([w[:, :4], (w - 0.5 * right)[:, 4:]])
    first, last = right[:, :4], right[:, 4:]
    mistakes = {
        "dE/dw6 is the error at o1 times a_h2, not times h2": alone,
        "dE/dw5 to dE/dw8 are errors at the outputs times a_h, not times h": [first, early],
        ONE_PATH: [(at_h1[:, :, None] * INPUTS).reshape(-1, 4), last],
        AT_HIDDEN: [first / np.repeat(a_h * (1 - a_h), 2, axis=1), last],
        AT_OUTPUT + " in dE/dw5 to dE/dw8": [first, last / np.repeat(a_o * (1 - a_o), 2, axis=1)],
        TOGETHER: [np.array([gradient(reference, row) for row in moved])[:, :4], last],
        "dE/dw4 is not dE/dw3: it belongs to i2": right[:, [0, 1, 2, 2, 4, 5, 6, 7]],
        "w6 leads from a_h2 to o1, w7 from a_h1 to o2": right[:, [0, 1, 2, 3, 4, 6, 5, 7]],
        "the gradients have the wrong sign: the slope of 1/2 (t - a)^2 by a is a - t": -right,
        "write the gradients themselves, without the rate": right / 2,
        ONCE: right[:1] + 0 * right,
    }
    mistakes = {hint: np.hstack(x) if isinstance(x, list) else x for hint, x in mistakes.items()}
    expect(got, "the gradients").close(right, rtol=0, atol=1e-6, mistakes=mistakes)


@question("q3")
@np.errstate(all="ignore")
def test_table_updates(files, reference):
    """the weights of every row follow from the weights and gradients of the row before"""
    w, g = table(files)
    expect(g).that(np.any(g != 0), "the gradients are all 0", "fill in the gradients first")
    before, rate = w[:-1], 0.5
    late = np.array([gradient(reference, row) for row in np.hstack([before[:, :4], w[1:, 4:]])])
    mistakes = {
        "w4 is updated with dE/dw3: each weight has its own gradient": (
            before - rate * g[:-1, [0, 1, 2, 2, 4, 5, 6, 7]]
        ),
        UPHILL: before + rate * g[:-1],
        **{f"the rate of the table is 0.5, not {x:g}": before - x * g[:-1] for x in RATES},
        TOGETHER: before - rate * np.hstack([late[:, :4], g[:-1, 4:]]),
        "take the gradients of the row before, not of the row itself": before - rate * g[1:],
        ONCE: before - rate * g[:1],
    }
    # Weights and gradients that are rounded to six decimals leave 1.25e-6 of room.
    name = "the weights after step 0"
    expect(w[1:], name).close(before - rate * g[:-1], rtol=0, atol=1.5e-6, mistakes=mistakes)


# ------------------------------------------------------------------ sweep and trainer


@question("q4")
def test_rates_in_one_call(student, reference, rng):
    """for several rates in one call, every rate starts again from the given weights"""
    rates, n = rng.permutation(RATES).tolist(), 5
    got = parts(student.sweep(rates, n), "what sweep returns", [str(rate) for rate in rates])
    place = "each rate starts from the given weights, not where the last one "
    ends = {
        place + "ended": reference.WEIGHTS,
        place + "ended after n + 1 steps": reference.WEIGHTS,
    }
    for rate, curve in zip(rates, got, strict=True):
        carried = {}
        for more, (hint, w) in enumerate(ends.items()):
            steps = list(reference.descend(w, INPUTS, TARGETS, rate, n + more))
            carried[hint], ends[hint] = [error for _, error, _ in steps[: n + 1]], steps[-1][0]
        alone = parts(student.sweep([rate], n), "what sweep returns", [str(rate)])[0]
        own = numbers(alone, f"the curve of {rate}", ndim=1)
        moves = own.size > 1 and np.ptp(own) > 0
        expect(own).that(moves, "the curve is flat", "E changes from step to step")
        expect(curve, f"the curve of {rate}").close(own, atol=1e-12, mistakes=carried)


def train(student, w, i=INPUTS, t=TARGETS, rate=0.5, n=1):
    got = student.train(*(np.asarray(part).tolist() for part in (w, i, t)), rate, n)
    return numbers(got, "what train returns", (8,))


@question("q5")
def test_n_steps(student, rng):
    """n steps do what n calls with one step do, and no step leaves the weights alone"""
    for n in (2, 5):
        start = rng.uniform(-2, 2, 8)
        path = [start]
        for _ in range(n + 1):
            path.append(train(student, path[-1]))
        expect(path[1]).that(np.any(path[1] != start), "nothing moves", STILL)
        mistakes = {
            ONCE: start + n * (path[1] - start),
            "train takes n steps: yours takes one whatever n is": path[1],
            "n counts the steps: yours takes n - 1": path[n - 1],
            "n counts the steps: yours takes n + 1": path[n + 1],
        }
        got = train(student, start, n=n)
        expect(got, "the weights").close(path[n], rtol=1e-10, atol=1e-12, mistakes=mistakes)
        mistakes = {"n = 0 is no step: yours takes one": path[1]}
        got = train(student, start, n=0)
        expect(got, "the weights").close(start, rtol=1e-10, atol=1e-12, mistakes=mistakes)


@question("q5")
def test_any_network(student, reference, rng):
    """train uses the inputs, the targets and the rate that it is given"""

    def move(w, i=INPUTS, t=TARGETS, rate=0.5):
        return train(student, w, i, t, rate) - w

    for _ in range(3):
        w, i, t, rate = (rng.uniform(*x) for x in ((-2, 2, 8), (-2, 2, 2), (0, 1, 2), (1, 3)))
        own = move(w)
        expect(own).that(np.any(own != 0), "nothing moves", STILL)
        g = gradient(reference, w)
        late = gradient(reference, [*w[:4], *(w - rate * g)[4:]])
        expect(move(w, rate=rate), "the move of the weights").close(
            own * rate / 0.5,
            **MOVED,
            mistakes={
                "use the rate lr that is given, not 0.5": own,
                TOGETHER: -rate * np.append(late[:4], g[4:]),
            },
        )
        # Swap the two inputs and their weights: it is the same network. So with the outputs.
        for swap, given, name in (
            ([1, 0, 3, 2, 4, 5, 6, 7], {"i": i}, "inputs"),
            ([0, 1, 2, 3, 6, 7, 4, 5], {"t": t}, "targets"),
        ):
            turned = move(w[swap], **{key: pair[::-1] for key, pair in given.items()})
            hint = f"use the {name} that are given, not those of the table"
            mistakes = {hint: -0.5 * gradient(reference, w[swap])}
            expect(turned, "the move").close(move(w, **given)[swap], **MOVED, mistakes=mistakes)
