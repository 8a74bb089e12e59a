"""Hidden checks of backpropagation by hand: other numbers, all letters, all rows.

Derivatives are taken here without the chain rule: sympy differentiates the formulas, and
numbers are differentiated by the complex step, dE/dw = Im E(w + 1e-30 i) / 1e-30.
"""

import numpy as np
import sympy

from autograder.checks import CheckFailed, expect, question

MOVED = {"rtol": 1e-8, "atol": 1e-11}  # differences of weights have lost some digits
START = np.array([0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55])
INPUTS, TARGETS = [0.05, 0.1], [0.01, 0.99]


@np.errstate(all="ignore")
def sigma(x, exp=np.exp):
    return 1 / (1 + exp(-x))


def network(w, i=INPUTS, t=TARGETS, exp=np.exp):
    """Return every value by name; the parts may be numbers, columns or symbols."""
    h = [w[k] * i[0] + w[k + 1] * i[1] for k in (0, 2)]
    a_h = [sigma(x, exp) for x in h]
    o = [w[k] * a_h[0] + w[k + 1] * a_h[1] for k in (4, 6)]
    a_o = [sigma(x, exp) for x in o]
    E = [(a - b) ** 2 / 2 for a, b in zip(a_o, t, strict=True)]
    names = ["h1", "h2", "a_h1", "a_h2", "o1", "o2", "a_o1", "a_o2", "E1", "E2", "E"]
    return dict(zip(names, (*h, *a_h, *o, *a_o, *E, sum(E)), strict=True))


def growth(w):
    """Return dE1/dw and dE2/dw, (2, 8), at weights (8,); (2, 8, steps) at columns of weights."""
    shakes = 1e-30j * np.eye(8).reshape(8, 8, *[1] * (w.ndim - 1))
    shaken = network(w[:, None] + shakes)
    return np.array([shaken["E1"].imag, shaken["E2"].imag]) / 1e-30


def slopes(w):
    return growth(w).sum(0)


def in_turn(w, rate=0.5):
    """Return the gradient when w5 to w8 change before that of w1 to w4 is taken: a mistake."""
    last = slopes(w)[4:]
    return np.concatenate([slopes(np.concatenate([w[:4], w[4:] - rate * last]))[:4], last])


@np.errstate(all="ignore")
def wrong_slopes(w, public):
    """Return the gradient that each mistake gives, by its hint."""
    return public.wrong_slopes(network(w), growth(w), in_turn(w)[:4])


def descend(rate, n, w=START, gradient=lambda w, rate: slopes(w)):
    """Return the weights before the first step and after each of n steps, (8, n + 1)."""
    path = [w]
    for _ in range(n):
        path.append(path[-1] - rate * gradient(path[-1], rate))
    return np.array(path).T


def curve(rate, n, **others):
    """Return [E0, ..., En] of a descent."""
    return network(descend(rate, n, **others))["E"]


def told(public_check, student):
    """Say whether a public check fails: it has told what is wrong, and once is enough."""
    try:
        public_check(student)
    except CheckFailed:
        return True
    return False


@question("q1", weight=2)
def test_errors_of_any_network(student, rng, public):
    """E1, E2 and E follow from your own a_o1 and a_o2, and these from any weights and inputs"""
    left = [told(check, student) for check in (public.test_hidden_layer, public.test_output_layer)]
    drawn = np.vstack([[*START, *INPUTS, *TARGETS], rng.uniform(-2, 2, (3, 12))])
    for w, i, t in (np.split(row, [8, 10]) for row in drawn):
        got = public.forward(student, w, i, t, ("a_o1", "a_o2", "E1", "E2", "E"))
        gap, crossed = got[:2] - t, (got[:2] - t[::-1]) ** 2 / 2
        right = np.append(gap**2 / 2, sum(gap**2) / 2)
        mistakes = {
            public.HALF: 2 * right,
            public.MEAN: np.append(right[:2], right[2] / 2),
            "each error is half a square, not a distance": np.append(abs(gap), sum(abs(gap))),
            "E1 compares a_o1 with t1, E2 a_o2 with t2": np.append(crossed, sum(crossed)),
        }
        expect(got[2:], "[E1, E2, E]").close(right, mistakes=mistakes)
        (V, U), (V_start, U_start) = w.reshape(2, 2, 2), START.reshape(2, 2, 2)
        if not left[0]:
            got = public.forward(student, w, i, t, ("h1", "h2", "a_h1", "a_h2"))
            public.check_layer(got, V @ i, "h", {public.GIVEN: V_start @ INPUTS})
        if not left[1]:
            got = public.forward(student, w, i, t, ("a_h1", "a_h2", "o1", "o2", "a_o1", "a_o2"))
            public.check_layer(got[2:], U @ got[:2], "o", {public.GIVEN: U_start @ got[:2]})


def letters(public, *weights):
    """Return what each name stands for, in w1 to w8, i1, i2, t1 and t2, and the slopes of E."""
    own = {name: sympy.Symbol(name) for name in (*public.W, "i1", "i2", "t1", "t2")}
    values = list(own.values())
    found = network(values[:8], values[8:10], values[10:], sympy.exp)
    errors = [found.pop(name) for name in ("E1", "E2", "E")][:2]
    by = {name: tuple(sympy.diff(error, own[name]) for error in errors) for name in weights}
    return own | found, by


@question("q2", weight=2)
def test_gradients_of_w6_and_w8(student, public):
    """dE/dw6 and dE/dw8 are right, and so in all networks are dE/dw5 and dE/dw7"""
    public.last_gradients(student, ("w6", "w8"), 2, *letters(public, "w6", "w8"))
    if not told(public.test_gradients_of_w5_and_w7, student):
        public.last_gradients(student, ("w5", "w7"), 1, *letters(public, "w5", "w7"))


@question("q2", weight=2)
def test_gradients_of_w3_and_w4(student, public):
    """dE/dw3 and dE/dw4 are right, and so in all networks are dE/dw1 and dE/dw2"""
    public.first_gradients(student, ("w3", "w4"), 2, *letters(public, "w3", "w4"))
    if not told(public.test_gradients_of_w1_and_w2, student):
        public.first_gradients(student, ("w1", "w2"), 1, *letters(public, "w1", "w2"))


@question("q3", weight=2)
def test_table_gradients(files, public):
    """the gradients and E of every row follow from the weights of that row"""
    w, E, got = public.table(files)
    right, wrong = slopes(w), wrong_slopes(w, public)
    alone = right.copy()
    alone[5] = wrong[public.EARLY][5]
    mistakes = {
        "dE/dw6 is the error at o1 times a_h2, not times h2": alone,
        "the sign is turned around: the slope of 1/2 (t - a)^2 by a is a - t": -right,
        "write the gradients themselves, without the rate": right / 2,
        "take the gradients anew in each row": right[:, :1] + 0 * right,
    }
    grid = expect(got, "the gradients")
    grid.close(right, rtol=0, atol=1e-6, mistakes={**mistakes, **wrong})
    if not told(public.test_table_error_of_the_first_row, files):
        dollars = np.append(w[:4], w[4:, :1] + 0 * w[4:], 0)
        mistakes = {"E takes w5 to w8 of its own row, not of the first row": network(dollars)["E"]}
        expect(E, "the column E").close(network(w)["E"], rtol=0, atol=1e-6, mistakes=mistakes)


@question("q3", weight=2)
def test_table_updates(files, public):
    """the weights of every row follow from the weights and gradients of the row before"""
    w, _, g = public.table(files)
    near = abs(np.sum(g * slopes(w))) > 0.5 * np.linalg.norm(g) * np.linalg.norm(slopes(w))
    expect(g).that(near, "the gradients lead nowhere", "fill in the gradients first")
    before, own = w[:, :-1], g[:, :-1]
    twice = own[[0, 1, 2, 2, 4, 5, 6, 7]]
    late = slopes(np.append(before[:4], w[4:, 1:], 0))[:4]
    mistakes = {
        "w4 is updated with dE/dw3: each weight has its own gradient": twice,
        public.DOWNHILL: -own,
        **{f"the rate of the table is 0.5, not {rate:g}": 2 * rate * own for rate in public.RATES},
        public.TOGETHER: np.append(late, own[4:], 0),
        "take the gradients of the row before, not of the row itself": g[:, 1:],
        public.ONCE: own[:, :1] + 0 * own,
    }
    mistakes = {hint: before - 0.5 * gradient for hint, gradient in mistakes.items()}
    # Weights and gradients that are rounded to six decimals leave 1.25e-6 of room.
    weights = expect(w[:, 1:], "the weights after step 0")
    weights.close(before - 0.5 * own, rtol=0, atol=1.5e-6, mistakes=mistakes)


def any_rate(student, rate, public, n=4):
    """Compare the curve of a rate that is in no example."""
    nearest = min(public.RATES, key=lambda known: abs(known - rate))
    wrong = {"use the rate that is given, not the nearest of the six": curve(nearest, n)}
    public.check_curve(student, rate, n, curve(rate, n + 1), wrong)


@question("q4", weight=3)
def test_rates_in_one_call(student, rng, public):
    """for several rates in one call, every rate starts again from the given weights"""
    rates, n = rng.permutation(public.RATES).tolist(), 5
    keys = [str(rate) for rate in rates]
    got = expect(student.sweep(rates, n), "what sweep returns").mapping(keys)
    alone = [student.sweep([rate], n) for rate in rates]
    place = "each rate starts from the given weights, not where the last one ended"
    over, further, ends = START, START, {}
    for rate, key, own in zip(rates, keys, alone, strict=True):
        right = expect(own, "what sweep returns").mapping([key])[key]
        right = public.numbers(right, f"the curve of {rate}", ndim=1)
        expect(right).that(right.size, f"the curve of {rate} is empty")
        over, further = (descend(rate, n + 1, w=w) for w in (over, further))
        mistakes = {
            place: network(over)["E"][:-1],
            place + " after n + 1 steps": network(further)["E"][:-1],
        }
        expect(got[key], f"the curve of {rate}").close(right, atol=1e-12, mistakes=mistakes)
        over, further, ends[rate] = over[:, -2], further[:, -1], right[-1]
    falls = np.diff([ends[rate] for rate in sorted(rates)]) < 0
    hint = "E changes from step to step, and the more the larger the rate that is given"
    expect(got).that(np.all(falls), "a larger rate does not come further down here", hint)
    if not told(public.test_each_rate_alone, student):
        any_rate(student, round(rng.uniform(0.1, 2), 4), public)


def against_gradient(student, public):
    """Fail unless a step from the given start leads downhill; how far is for a public check."""
    gradient, moved = slopes(START), public.train(student, START) - START
    downhill = -moved @ gradient > 0.5 * np.linalg.norm(moved) * np.linalg.norm(gradient)
    hint = "a step moves the weights against their gradient: mend the public checks first"
    expect(moved).that(downhill, "the weights do not move downhill", hint)


@question("q5", weight=2)
def test_n_steps(student, rng, public):
    """n steps do what n calls with one step do, and no step leaves the weights alone"""
    n, start = 3, rng.uniform(-2, 2, 8)
    path = [start]
    for _ in range(n + 1):
        path.append(public.train(student, path[-1]))
    against_gradient(student, public)
    mistakes = {
        public.ONCE: start + n * (path[1] - start),
        "train takes n steps: yours takes one whatever n is": path[1],
        "n counts the steps: yours takes n - 1": path[n - 1],
        "n counts the steps: yours takes n + 1": path[n + 1],
    }
    got = expect(public.train(student, start, n=n), "the weights")
    got.close(path[n], rtol=1e-10, atol=1e-12, mistakes=mistakes)
    mistakes = {"n = 0 is no step: yours takes one": path[1]}
    got = expect(public.train(student, start, n=0), "the weights")
    got.close(start, rtol=1e-10, atol=1e-12, mistakes=mistakes)


def exact_steps(student, rng, public, part, wrong):
    """Compare one step with the exact gradient; where a public check found it `wrong`, loosely."""
    for w in rng.uniform(-2, 2, (3, 8)):
        move, right = public.train(student, w) - w, slopes(w)
        if not wrong or np.allclose(move[part], -0.5 * right[part], rtol=0, atol=1e-6):
            public.check_move(move, part, right, {})


@question("q5", weight=2)
def test_any_network(student, rng, public):
    """train uses the inputs, the targets and the rate that it is given"""
    against_gradient(student, public)
    for _ in range(2):
        w, i, t, rate = (rng.uniform(*x) for x in ((-2, 2, 8), (-2, 2, 2), (0, 1, 2), (1, 3)))
        own = public.train(student, w) - w
        mistakes = {
            "use the rate lr that is given, not 0.5": own,
            public.TOGETHER: -rate * in_turn(w, rate),
        }
        moved = expect(public.train(student, w, rate=rate) - w, "the move of the weights")
        moved.close(own * rate / 0.5, **MOVED, mistakes=mistakes)
        # Swap the two inputs and their weights: it is the same network. So with the outputs.
        for swap, given, name in (
            ([1, 0, 3, 2, 4, 5, 6, 7], {"i": i}, "inputs"),
            ([0, 1, 2, 3, 6, 7, 4, 5], {"t": t}, "targets"),
        ):
            hint = f"use the {name} that are given, not those of the table"
            here = public.train(student, w, **given) - w
            expect(here).that(np.any(here != own), f"the {name} make no difference", hint)
            turned = {key: pair[::-1] for key, pair in given.items()}
            there = public.train(student, w[swap], **turned) - w[swap]
            expect(there, "the move").close(here[swap], **MOVED)
    for part, check in (
        (np.s_[4:], public.test_one_step_of_the_last_weights),
        (np.s_[:4], public.test_one_step_of_the_first_weights),
    ):
        exact_steps(student, rng, public, part, told(check, student))
