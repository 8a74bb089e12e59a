"""Public checks of `s05_norms`: sets of numbers, the switch, the L1 penalty, three networks."""

from dataclasses import replace

import numpy as np

from autograder.checks import CheckFailed, expect, question
from autograder.checks.behaviour import gives_logits
from autograder.checks.graph import graph
from autograder.checks.shelf import put_weights, reaches
from autograder.checks.steps import steps_downhill, tensor
from autograder.checks.training import read_training
from autograder.checks.weights import read_weights

PROBE = "autograder.models.probe"
IMAGE, LARGEST, FEWEST_EPOCHS = (1, 28, 28), 20_000, 5
NORMS, KINDS = ("bn", "ln", "gn"), ("bn", "ln", "gn", "in")
# What each of several kinds is worth, where one after the other is looked at.
THIRDS, QUARTERS = (1 / 3, 2 / 3), (0.25, 0.5, 0.75)
GROUPS, TINY, ROUNDED = 2, 1e-12, {"rtol": 0, "atol": 2e-3}
X = np.array(
    [
        [[[3, 4], [4, 3]], [[5, 8], [4, 5]], [[-2, 6], [1, -3]], [[11, -1], [2, 6]]],
        [[[1, 0], [1, 4]], [[6, 13], [10, 1]], [[15, 0], [4, 7]], [[3, 4], [0, 3]]],
    ]
)
TABLES = {"bn": (4,), "ln": (2,), "gn": (2, 2), "in": (2, 4)}
ONE_FOR_EACH = {
    "bn": "one number for each channel: examples, rows and columns are averaged over",
    "ln": "one number for each example: channels, rows and columns are averaged over",
    "gn": "one number for each group of each example: two channels, rows and columns",
    "in": "one number for each channel of each example: rows and columns are averaged over",
}
DIVIDE_BY_M = "divide by the number of entries in the set, not by one less"
NOT_ROOT = "these are standard deviations: a variance is not under a root"
BY_VARIANCE = "divide by the root of the variance, not by the variance"
NEIGHBOURS = "a group holds neighbouring channels: reshape to (N, groups, C // groups, H, W)"
# What torch says, and what that means here.
SAYS = {
    "num_channels must be divisible": "choose channels that the number of groups divides",
    "must be divisible by num_groups": "choose channels that the number of groups divides",
    "running_mean should contain": "a norm is given the channels of the convolution before it",
    "Expected weight to be a vector": "a norm is given the channels of the convolution before it",
    "normalized_shape": "nn.LayerNorm(channels) looks at the last axis: use nn.GroupNorm",
    "shapes cannot be multiplied": "what the linear layer reads is what is left after pooling",
    "is invalid for input of size": "read all sizes from x.shape: a map need not be square",
}


# Sets that are often taken in place of those of a norm, each under its hint.
OTHERS = {
    "bn": {
        "average over rows and columns too, not over the examples only": "over the batch only",
        "that is instance norm: batch norm looks at all examples together": "in",
        "that is layer norm: batch norm looks at one channel of all examples": "ln",
    },
    "ln": {
        "average over all channels, rows and columns, not over the last axis only": "rows",
        "average over rows and columns too, not over the channels only": "channels of a place",
        "that is batch norm: layer norm looks at one example": "bn",
        "that is instance norm: layer norm takes all channels of an example together": "in",
        "each example has statistics of its own": "the whole batch",
    },
    "gn": {
        NEIGHBOURS: "every second channel",
        "`groups` says how many groups there are, not how many channels are in one": "group size",
        "each example has statistics of its own": "groups of the batch",
        "that is layer norm: there is more than one group": "ln",
        "that is instance norm: a group holds several channels": "in",
    },
    "in": {
        "that is batch norm: instance norm looks at one example": "bn",
        "that is layer norm: instance norm looks at one channel": "ln",
    },
}


def each(kinds, look):
    """Look at every kind; fail with what the first wrong one says, and the share of right ones."""
    wrong = []
    for kind in kinds:
        try:
            look(kind)
        except CheckFailed:
            wrong.append(kind)
    try:
        for kind in wrong[:1]:  # once more, so that the message tells of this very call
            look(kind)
    except CheckFailed as failure:
        raise CheckFailed(failure.finding, 1 - len(wrong) / len(kinds)) from None


def same(got, right, name, mistakes, rtol=1e-6, atol=1e-6):
    """Fail unless two tensors are close; of so many numbers only one entry is shown."""
    try:
        expect(got, name).close(right, rtol, atol, mistakes)
    except CheckFailed as failure:
        raise CheckFailed(replace(failure.finding, got="", want="")) from None


def numbers(told, name, shape=None):
    """Return an answer as floats that can be calculated with."""
    got = expect(told, name).array(shape, dtype="float").astype(float)
    expect(told, name).that(np.all(np.abs(got) < 1e9), f"{name} holds numbers far too large")
    return got


def table(student, name, kind):
    """Return one entry of MEANS or VARIANCES as an array, axes of length 1 left out."""
    told = expect(getattr(student, name), name).mapping(KINDS)[kind]
    place = f'{name}["{kind}"]'
    got = np.squeeze(numbers(told, place))
    says = f"{place} has shape {got.shape}, {TABLES[kind]} was wanted"
    expect(told, place).that(got.shape == TABLES[kind], says, ONE_FOR_EACH[kind])
    return got


def output(student, kind):
    """Return one entry of OUTPUTS."""
    told = expect(student.OUTPUTS, "OUTPUTS").mapping(KINDS)[kind]
    return numbers(told, f'OUTPUTS["{kind}"]', X.shape)


# How many numbers a set of X has, the mean root of the variances, the mean absolute distance.
SIZES, ROOTS = {"bn": 8, "ln": 16, "gn": 8, "in": 4}, {"bn": 3.5, "ln": 4, "gn": 3.75, "in": 2.875}
DISTANCES = {"bn": 2.84375, "ln": 3.125, "gn": 3.03125, "in": 2.46875}


@question("q1", parts=QUARTERS)
def test_means_and_variances_add_up(student):
    """for each norm, MEANS average to the mean of X, and the variances account for its spread"""

    def look(kind):
        means, spread = table(student, "MEANS", kind), table(student, "VARIANCES", kind)
        expect(means.mean(), f'the mean of MEANS["{kind}"]').close(X.mean(), **ROUNDED)
        # The variance of all is the mean variance within the sets plus that of their means.
        between, size = means.var(), SIZES[kind]
        within = X.var() - between
        mistakes = {
            DIVIDE_BY_M: within * size / (size - 1) + between,
            NOT_ROOT: ROOTS[kind] + between,
            "take the mean of the squared distances, not their sum": within * size + between,
            "square the distances from the mean": DISTANCES[kind] + between,
        }
        name = f'the mean of VARIANCES["{kind}"] and the variance of MEANS["{kind}"], added,'
        expect(spread.mean() + between, name).close(X.var(), **ROUNDED, mistakes=mistakes)

    each(KINDS, look)


# The mean absolute value of X after it is normalised, by what the sets are: so they are told apart.
SIZE_OF_ALL = {
    **{"bn": 0.82657, "ln": 0.77976, "gn": 0.79861, "in": 0.86914, "group size": 0.79861},
    **{"every second channel": 0.79231, "over the batch only": 1, "the whole batch": 0.73855},
    **{"rows": 1, "channels of a place": 0.83704, "groups of the batch": 0.75909},
}
# The mean, mean square and mean absolute value of X after it is divided by the variances, after
# it is divided by their roots without a mean subtracted, and after it is only centred.
ASTRAY = {
    "bn": ((0, 0.16019, 0.30221), (1.29004, 2.90793, 1.36472), (0, 14.25, 2.84375)),
    "ln": ((0, 0.06551, 0.19766), (1, 2, 1.10714), (0, 16.25, 3.125)),
    "gn": ((0, 0.14815, 0.2608), (1.38889, 3.82716, 1.47222), (0, 15.75, 3.03125)),
    "in": ((0, 0.69335, 0.55692), (2.16558, 9.92714, 2.26876), (0, 11.25, 2.46875)),
}


@question("q2", parts=QUARTERS)
def test_outputs_are_normalised(student):
    """for each norm, OUTPUTS have mean 0, their squares average to 1, and their sizes fit"""

    def look(kind):
        out, size = output(student, kind), SIZE_OF_ALL[kind]
        shrunk = (SIZES[kind] - 1) / SIZES[kind]
        by_variance, uncentred, undivided = ASTRAY[kind]
        wrong = {
            DIVIDE_BY_M: (0, shrunk, size * shrunk**0.5),
            BY_VARIANCE: by_variance,
            "subtract the mean of the set first": uncentred,
            "divide by the root of the variance": undivided,
            "this is X itself": (4, 32.5, 4.375),
        }
        wrong |= {hint: (0, 1, SIZE_OF_ALL[other]) for hint, other in OTHERS[kind].items()}
        got = np.array([out.mean(), np.square(out).mean(), np.abs(out).mean()])
        name = f'[mean, mean square, mean absolute value] of OUTPUTS["{kind}"]'
        expect(got, name).close([0, 1, size], **ROUNDED, mistakes=wrong)

    each(KINDS, look)


def norm(student, kind, x, gamma=None, beta=None, eps=TINY, groups=GROUPS):
    """Return what the student's function for a kind makes of x, as an array of its shape."""
    gamma = np.ones(x.shape[1]) if gamma is None else gamma
    beta = np.zeros(x.shape[1]) if beta is None else beta
    given = (x, groups, gamma, beta, eps) if kind == "gn" else (x, gamma, beta, eps)
    called = {"bn": "batch_norm", "ln": "layer_norm", "gn": "group_norm", "in": "instance_norm"}
    return numbers(getattr(student, called[kind])(*given), "out", x.shape)


# Two examples of six channels of 2 x 2 pixels, tiled: so axes differ, and means and variances stay.
SMALL = np.array(
    [
        *(-4, -1, 8, -1, 6, 3, 10, -1, 8, -2, 4, 6, 12, 0, 8, 12, 11, 12, 7, 0, -3, 5, 11, 9),
        *(6, 4, 9, 7, 10, 13, -4, -1, 10, -2, 2, 6, 5, 3, 3, 4, 10, 6, 6, 1, 1, 13, 6, 2),
    ]
).reshape(2, 6, 2, 2)
BOARD = np.tile(SMALL, (1, 1, 2, 4))
# The mean and the variance of the set to which BOARD[0, 2, 0, 0], an 8, belongs.
AROUND = {
    **{"bn": (4, 17), "ln": (5, 325 / 12), "gn": (3, 20), "in": (4, 14), "rows": (3, 25)},
    **{"every second channel": (4, 27), "group size": (6, 23), "over the batch only": (9, 1)},
    **{"the whole batch": (5, 23), "channels of a place": (5, 40), "groups of the batch": (4, 24)},
}


def eight(sets):
    """Return what the 8 becomes, normalised with the others of its set."""
    mean, variance = AROUND[sets]
    return (8 - mean) / variance**0.5


def normal(out, kind, name, atol):
    """Fail unless out is BOARD after a norm, as far as one number and all together show."""
    right, (mean, variance) = eight(kind), AROUND[kind]
    size = {"bn": 64, "ln": 192, "gn": 96, "in": 32}[kind]
    mistakes = {
        "gamma multiplies, and beta, which is 0 here, is added: yours adds 1": right + 1,
        DIVIDE_BY_M: right * (1 - 1 / size) ** 0.5,
        BY_VARIANCE: (8 - mean) / variance,
        "subtract the mean before dividing": 8 / variance**0.5,
    }
    mistakes |= {hint: eight(other) for hint, other in OTHERS[kind].items()}
    expect(out[0, 2, 0, 0], f"[0, 2, 0, 0] of {name}").close(right, 0, atol, mistakes)
    got = np.array([out.mean(), np.square(out).mean()])
    expect(got, f"[mean, mean square] of {name}").close([0, 1], 0, atol)


@question("q3", weight=2, parts=QUARTERS)
def test_the_four_functions(student):
    """with gamma 1, beta 0 and a tiny eps, a number is normalised with the others of its set"""

    def look(kind):
        normal(norm(student, kind, BOARD), kind, f'out of the norm "{kind}"', 1e-6)

    each(KINDS, look)


def recorded(make, *shape, training=False):
    """Return a module's graph; where it cannot be made or run, the hint says what that means."""
    try:
        return graph(make(), shape, training=training)
    except Exception as failure:
        found = getattr(failure, "finding", None)
        hint = next((h for said, h in SAYS.items() if found and said in found.message), "")
        if not hint:
            raise
        raise CheckFailed(replace(found, hint=hint)) from None


@question("q4", parts=THIRDS)
def test_modules_normalise(student):
    """before training, each kind of make_norm normalises a number with the others of its set"""

    def look(kind):
        made = recorded(lambda: student.make_norm(kind, 6, 2), *BOARD.shape[1:], training=True)
        name = f'make_norm("{kind}", 6, 2) of a batch'
        normal(made.run(BOARD.astype(np.float32)).astype(float), kind, name, 1e-3)

    each(NORMS, look)


def network(student, kind, training=False):
    return recorded(lambda: student.Net(kind), *IMAGE, training=training)


@question("q5")
def test_networks_are_small(student, rng):
    """Net("bn"), Net("ln") and Net("gn") give ten logits with fewer than 20,000 parameters"""
    for kind in NORMS:
        net = network(student, kind)
        try:
            gives_logits(net, 10, rng)
        except CheckFailed:  # once, all signs may be alike by chance: look at a new one
            gives_logits(network(student, kind), 10, rng)
        found = net.parameters
        for layer, size in found.unused.items():
            says = f"{layer} ({size} numbers) of Net({kind!r}) is never used"
            expect(layer, "a layer").that(False, says, "remove what forward does not use")
        says = f"Net({kind!r}) has {found.total:,} parameters, fewer than {LARGEST:,} are wanted"
        hint = "make the widest layers narrower: a convolution has 9 x in x out weights"
        if any(layer.kind == "layer_norm" and len(layer["over"]) > 1 for layer in net.layers):
            hint = "one gamma and one beta for each channel, not one for each place of the map"
        expect(found.total, "the parameters").that(found.total < LARGEST, says, hint)


@question("q6")
def test_penalty_of_a_linear_layer(student, rng):
    """l1_penalty adds up |w| over the weights of a linear layer, and leaves its bias out"""
    weight, bias = rng.normal(size=(4, 9)), rng.normal(size=4) + 3
    right, squares = np.abs(weight).sum(), np.square(weight).sum()
    mistakes = {
        "take absolute values, not squares: squares make an L2 penalty": squares,
        "take absolute values: that is half the sum of squares": squares / 2,
        "add up: a mean makes the penalty depend on the number of weights": right / weight.size,
        "add up absolute values: that is the length of the vector": np.sqrt(squares),
        "leave biases out: only weights with two axes or more are penalised": right
        + np.abs(bias).sum(),
        "take absolute values, or positive and negative weights cancel": weight.sum(),
    }
    ask = student.l1_penalty._exchange.ours
    sent = [tensor(part.astype(np.float32)) for part in (weight, bias)]
    got = student.l1_penalty(ask(PROBE, "linear", *sent, count=False))
    number = expect(got, "the penalty").number()
    expect(number, "the penalty").close(right, 1e-4, 1e-5, mistakes)


@question("q6")
def test_step_without_penalty(student, rng):
    """without l1, train_step is one step of gradient descent on the mean cross-entropy"""
    steps_downhill(student.train_step, rng)


@question("q6", weight=0.5)
def test_strength_of_the_penalty(student):
    """l1_strength is above 0 for "bn" only"""
    got = {kind: expect(student.l1_strength(kind), "l1_strength").number() for kind in NORMS}
    hint = "the penalty belongs to the network with batch norm, and to no other"
    for kind in ("ln", "gn"):
        says = f"l1_strength({kind!r}) is {got[kind]:g}, 0 was wanted"
        expect(got[kind], "l1_strength").that(got[kind] == 0, says, hint)
    says = f"l1_strength('bn') is {got['bn']:g}, a number between 0 and 0.01 was wanted"
    hint = "a factor above 0.01 draws all weights to 0, and 0 is no penalty: try 0.00002"
    expect(got["bn"], "l1_strength").that(0 < got["bn"] <= 0.01, says, hint)


@question("q7")
def test_rows_become_curves(student, rng):
    """curves deals the rows of a history out to the three networks, in the order of NORMS"""
    told = np.round(rng.permutation(np.linspace(90, 99, 12)), 2).reshape(4, 3)
    rows = [
        {"epoch": n + 1, "samples": 60_000 * (n + 1), "loss": 0.1, "accuracy": float(a), "lr": 0.1}
        for n, row in enumerate(told)
        for a in row
    ]
    got = expect(student.curves(rows), "what curves returns").mapping(NORMS)
    for place, kind in enumerate(NORMS):
        mistakes = {
            "the rows come in turns, one network after the other: slice with a step of 3": (
                told.ravel()[4 * place : 4 * place + 4]
            ),
            "give the accuracy of each epoch, not the best so far": np.maximum.accumulate(
                told[:, place]
            ),
            "give accuracies in per cent, as they are": told[:, place] / 100,
            "give the accuracy, not the error": 100 - told[:, place],
        }
        for other, name in enumerate(NORMS):
            if other != place:
                mistakes[f"this is the curve of {name}: the order is bn, ln, gn"] = told[:, other]
        expect(got[kind], f'the curve of "{kind}"').close(told[:, place], mistakes=mistakes)


@question("q7")
def test_log_of_three_networks(files, budget):
    """training.json tells of all three networks, after each of at least five epochs"""
    rows = read_training(files, "training.json")["history"]
    epochs = [float(row["epoch"]) for row in rows]
    hint = "after each epoch, call data.evaluate for all three, in the order of NORMS"
    says = f"the history in training.json has {len(rows)} rows, three for each epoch were wanted"
    thrice = len(rows) % 3 == 0 and epochs[::3] == epochs[1::3] == epochs[2::3]
    name = "the rows of the history"
    expect(len(rows), name).that(thrice and len(set(epochs)) == len(rows) // 3, says, hint)
    says = f"the curves have {len(rows) // 3} points, at least {FEWEST_EPOCHS} were wanted"
    hint = "train longer: the default is the whole budget"
    expect(len(rows), name).that(len(rows) // 3 >= FEWEST_EPOCHS, says, hint)
    says = f"the last row is of epoch {max(epochs):g}, and the budget has {budget.epochs}"
    expect(len(rows), name).that(max(epochs) <= budget.epochs, says, "keep to the budget")


@question("q8")
def test_accuracies(student, files, data, budget):
    """each of the three networks with its weights is right on 99 % of the test images"""
    weights = read_weights(files, "weights.safetensors")
    reached = {}
    for kind in NORMS:
        own = {key[3:]: value for key, value in weights.items() if key.startswith(f"{kind}.")}
        net = student.Net(kind)
        put_weights(net, own)
        reached[kind] = data.accuracy(recorded(lambda net=net: net, *IMAGE), budget.dataset)
        if files.present("training.json"):
            rows = read_training(files, "training.json")["history"]
            last = [row["accuracy"] for row in rows][-3:]
            if len(last) == 3:
                data.claim(f"accuracy of {kind}", last[NORMS.index(kind)], reached[kind])
    reaches(min(reached.values()), budget)
