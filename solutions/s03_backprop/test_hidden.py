"""Hidden checks of backpropagation by hand: what the public checks leave open."""

import numpy as np

from autograder.checks import expect, question

MOVED = {"rtol": 1e-8, "atol": 1e-11}  # differences of weights have lost some digits


@question("q1", weight=3)
def test_error_follows_from_the_outputs(student, rng, public):
    """E1, E2 and E follow from the targets and your own a_o1 and a_o2"""
    for _, _, t, got in public.runs(student, rng, ("a_o1", "a_o2", "E1", "E2", "E")):
        gap, crossed = got[:2] - t, (got[:2] - t[::-1]) ** 2 / 2
        right = np.append(gap**2 / 2, sum(gap**2) / 2)
        mistakes = {
            public.HALF: 2 * right,
            public.MEAN: np.append(right[:2], right[2] / 2),
            "each error is half a square, not a distance": np.append(abs(gap), sum(abs(gap))),
            "E1 compares a_o1 with t1, E2 a_o2 with t2": np.append(crossed, sum(crossed)),
        }
        expect(got[2:], "[E1, E2, E]").close(right, mistakes=mistakes)


@question("q2")
def test_gradients_of_w6_and_w8(student, public):
    """dE/dw6 and dE/dw8, of the weights from a_h2 to the outputs, are right"""
    public.last_gradients(student, ("w6", "w8"), unit=2)


@question("q2")
def test_gradients_of_w3_and_w4(student, public):
    """dE/dw3 and dE/dw4, of the weights from the inputs to h2, are right"""
    public.first_gradients(student, ("w3", "w4"), unit=2)


@question("q3")
def test_table_gradients(files, public):
    """the gradients of every row follow from the weights of that row"""
    w, _, got = public.table(files)
    right, wrong = public.slopes(w), public.wrong_slopes(w)
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


@question("q3")
def test_table_updates(files, public):
    """the weights of every row follow from the weights and gradients of the row before"""
    w, _, g = public.table(files)
    expect(g).that(np.any(g != 0), "the gradients are all 0", "fill in the gradients first")
    before, own = w[:, :-1], g[:, :-1]
    twice = own[[0, 1, 2, 2, 4, 5, 6, 7]]
    late = public.slopes(np.append(before[:4], w[4:, 1:], 0))[:4]
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


@question("q4", weight=2)
def test_rates_in_one_call(student, rng, public):
    """for several rates in one call, every rate starts again from the given weights"""
    rates, n = rng.permutation(public.RATES).tolist(), 5
    keys = [str(rate) for rate in rates]
    got = expect(student.sweep(rates, n), "what sweep returns").mapping(keys)
    alone = [student.sweep([rate], n) for rate in rates]
    place = "each rate starts from the given weights, not where the last one ended"
    over, further, ends = public.START, public.START, {}
    for rate, key, own in zip(rates, keys, alone, strict=True):
        right = expect(own, "what sweep returns").mapping([key])[key]
        right = public.numbers(right, f"the curve of {rate}", ndim=1)
        expect(right).that(right.size, f"the curve of {rate} is empty")
        over, further = (public.descend(rate, n + 1, w=w) for w in (over, further))
        mistakes = {
            place: public.network(over)["E"][:-1],
            place + " after n + 1 steps": public.network(further)["E"][:-1],
        }
        expect(got[key], f"the curve of {rate}").close(right, atol=1e-12, mistakes=mistakes)
        over, further, ends[rate] = over[:, -2], further[:, -1], right[-1]
    falls = np.diff([ends[rate] for rate in sorted(rates)]) < 0
    hint = "E changes from step to step, and the more the larger the rate that is given"
    expect(got).that(np.all(falls), "a larger rate does not come further down here", hint)


def against_gradient(public, w, moved):
    """Fail unless w moved more or less downhill; how far exactly is for a public check."""
    gradient = public.slopes(w)
    downhill = -moved @ gradient > 0.5 * np.linalg.norm(moved) * np.linalg.norm(gradient)
    hint = "a step moves the weights against their gradient: mend the public checks first"
    expect(moved).that(downhill, "the weights do not move downhill", hint)


@question("q5")
def test_n_steps(student, rng, public):
    """n steps do what n calls with one step do, and no step leaves the weights alone"""
    n, start = 3, rng.uniform(-2, 2, 8)
    path = [start]
    for _ in range(n + 1):
        path.append(public.train(student, path[-1]))
    against_gradient(public, start, path[1] - start)
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


@question("q5")
def test_any_network(student, rng, public):
    """train uses the inputs, the targets and the rate that it is given"""
    for _ in range(2):
        w, i, t, rate = (rng.uniform(*x) for x in ((-2, 2, 8), (-2, 2, 2), (0, 1, 2), (1, 3)))
        own = public.train(student, w) - w
        against_gradient(public, w, own)
        mistakes = {
            "use the rate lr that is given, not 0.5": own,
            public.TOGETHER: -rate * public.in_turn(w, rate),
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
