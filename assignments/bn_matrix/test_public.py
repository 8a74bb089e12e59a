"""Public checks. In this file a batch has features as rows and examples as columns."""

import numpy as np

from autograder.checks import expect, question
from autograder.checks.properties import given, st

Z = np.array([[12.0, 14, 14, 12], [0, 10, 10, 0], [-5, 5, 5, -5]])
BETA = np.array([0.0, -10, 10])
TINY = 1e-12  # an eps that changes no digit looked at here; frameworks refuse 0

PER_EXAMPLE = "take the statistics along the examples: one mean and one variance per feature"
WHOLE = "every feature has its own mean and variance: do not pool the whole matrix"
DDOF = "divide by m, not by m - 1"
CENTRE = "subtract the mean of each feature before you divide"
VARIANCE = "divide by the standard deviation, the root of the variance, not by the variance"
NORM = "divide by the standard deviation: the norm of a row lacks the factor 1/m under the root"
SPREAD = "divide by the standard deviation of each feature"


def turn(student):
    """Return the function between our layout and the one that the student declares."""
    layout = expect(student.LAYOUT, "LAYOUT").text()
    known = ("features_first", "examples_first")
    expect(layout, "LAYOUT").that(layout in known, f"LAYOUT is one of {' and '.join(known)}")
    return np.transpose if layout == "examples_first" else np.asarray


def numbers(got, name, shape=None):
    """Return an answer as floats that can be calculated with."""
    array = expect(got, name).array(shape, dtype="float")
    expect(got, name).that(np.all(np.abs(array) < 1e9), f"{name} holds a far too large number")
    return array


def matrix(student, got, name, shape):
    """Return a student's batch, features as rows."""
    there = turn(student)
    rows = there(numbers(got, name, there(np.empty(shape)).shape))
    expect(got, name).that(np.ptp(rows, axis=1).any(), f"{name} is the same for every example")
    return rows


def per_feature(got, name, d=3):
    """Return one number a feature; (d, 1) and (1, d) count as (d,)."""
    array = numbers(got, name)
    return array.ravel() if array.shape in {(d, 1), (1, d)} else array


def batch(rng, d=3, m=5):
    """Return whole numbers as floats, all different within a feature."""
    return np.stack([rng.choice(19, m, replace=False) - 9.0 for _ in range(d)])


def centred(z):
    return z - z.mean(axis=1, keepdims=True)


def standard(z, axis=1):
    """Return z with mean 0 and variance 1 along `axis`."""
    with np.errstate(all="ignore"):
        return (z - z.mean(axis=axis, keepdims=True)) / z.std(axis=axis, keepdims=True)


def train(student, z, gamma=1.0, beta=0.0):
    """Return the three parts that bn_train gives back, with a tiny eps."""
    ones = np.ones(len(z))
    got = student.bn_train(turn(student)(z), gamma * ones, beta * ones, TINY)
    return expect(got, "what bn_train returns").tuple(3)


@question("q1")
def test_z_hat_has_mean_zero(student):
    """each feature of Z_HAT has mean 0 over the four examples"""
    means = matrix(student, student.Z_HAT, "Z_HAT", Z.shape).mean(axis=1)
    mistakes = {
        CENTRE: (Z / Z.std(axis=1, keepdims=True)).mean(axis=1),
        PER_EXAMPLE: standard(Z, axis=0).mean(axis=1),
        WHOLE: standard(Z, axis=(0, 1)).mean(axis=1),
    }
    expect(means, "the row means of Z_HAT").close(np.zeros(3), atol=1e-5, mistakes=mistakes)


@question("q1")
def test_z_hat_has_deviation_one(student):
    """each feature of Z_HAT has standard deviation 1 over the four examples"""
    spread = matrix(student, student.Z_HAT, "Z_HAT", Z.shape).std(axis=1)
    mistakes = {
        DDOF: np.full(3, 0.75**0.5),
        VARIANCE: 1 / Z.std(axis=1),
        NORM: np.full(3, 0.25**0.5),
        SPREAD: Z.std(axis=1),
    }
    name = "the row standard deviations of Z_HAT"
    expect(spread, name).close(np.ones(3), atol=1e-5, mistakes=mistakes)


@question("q2")
def test_z_tilde_is_centred_at_beta(student):
    """each feature of Z_TILDE has its beta as mean"""
    means = matrix(student, student.Z_TILDE, "Z_TILDE", Z.shape).mean(axis=1)
    mistakes = {
        "beta is added, not subtracted": -BETA,
        "beta is added to a row; it does not multiply it": np.zeros(3),
        "start from the normalised rows, not from Z": Z.mean(axis=1) + BETA,
    }
    expect(means, "the row means of Z_TILDE").close(BETA, atol=1e-5, mistakes=mistakes)


@question("q3")
def test_mu_is_the_mean_of_each_feature(student, rng):
    """mu is the mean of each feature over the batch"""
    z = batch(rng)
    mistakes = {
        PER_EXAMPLE: z.mean(axis=0),
        WHOLE: z.mean(),
        "mu is the mean of Z itself: take it before you subtract it": np.zeros(3),
    }
    expect(per_feature(train(student, z)[1], "mu"), "mu").close(z.mean(axis=1), mistakes=mistakes)


@question("q3")
def test_var_is_the_biased_variance_of_each_feature(student, rng):
    """var is the mean squared distance from mu, feature by feature"""
    z = batch(rng)
    mistakes = {
        DDOF: z.var(axis=1, ddof=1),
        "return the variance, not its root": z.std(axis=1),
    }
    expect(per_feature(train(student, z)[2], "var"), "var").close(z.var(axis=1), mistakes=mistakes)


def not_standard(z):
    """Return z under centres and spreads that agree with ours on the matrix of q1."""
    low, median, high = np.quantile(z, (0, 0.5, 1), axis=1, keepdims=True)
    c, size, sigma = centred(z), np.abs(centred(z)), z.std(axis=1, keepdims=True)
    by = "divide by the standard deviation, not by "
    return {
        by + "the mean absolute deviation": c / size.mean(axis=1, keepdims=True),
        by + "the largest deviation or half the range": c / size.max(axis=1, keepdims=True),
        by + "half the range": c / (high - low) * 2,
        "use mean and standard deviation; yours sends the smallest value of a row to -1 "
        "and the largest to 1": (2 * z - high - low) / (high - low),
        "how far a value lies from the mean counts, not only on which side": np.sign(c),
        "subtract the mean of each feature, not its median": (z - median) / sigma,
    }


ROW = st.lists(st.integers(-9, 9), min_size=6, max_size=6, unique=True)


@question("q3", weight=2)
@given(table=st.lists(ROW, min_size=1, max_size=3), examples=12)
def test_each_feature_is_normalised(student, table):
    """with gamma 1, beta 0 and a tiny eps each feature becomes (z - mu) / sigma"""
    z = np.array(table, dtype=float)
    mistakes = {
        DDOF: standard(z) * (5 / 6) ** 0.5,
        VARIANCE: centred(z) / z.var(axis=1, keepdims=True),
        NORM: standard(z) / 6**0.5,
        SPREAD: centred(z),
        CENTRE: z / z.std(axis=1, keepdims=True),
        WHOLE: standard(z, axis=(0, 1)),
        **not_standard(z),
    }
    out = matrix(student, train(student, z)[0], "out", z.shape)
    expect(out, "out").close(standard(z), mistakes=mistakes)


@question("q3")
def test_gamma_scales_and_beta_shifts(student, rng):
    """out is gamma times the normalised batch, plus beta, feature by feature"""
    z, g, b = batch(rng), rng.uniform(2, 3, (3, 1)), rng.uniform(-5, -3, (3, 1))
    plain = matrix(student, train(student, z, 1.0, 1.0)[0], "out", z.shape) - 1
    out = matrix(student, train(student, z, g.ravel(), b.ravel())[0], "out", z.shape)
    mistakes = {
        "multiply by gamma first, then add beta": g * (plain + b),
        "gamma multiplies and beta is added: yours are swapped": b * plain + g,
        "out is scaled and shifted: gamma and beta are not used": plain + 1,
    }
    expect(out, "out").close(g * plain + b, mistakes=mistakes)


@question("q4")
def test_running_mean_moves_by_momentum(student, rng):
    """the running mean moves towards the mean of the batch by the share `momentum`"""
    z, old, share = batch(rng), rng.normal(size=3), rng.uniform(0.1, 0.3)
    new = z.mean(axis=1)
    mistakes = {
        "momentum is the share of the new batch": share * old + (1 - share) * new,
        "keep the share 1 - momentum of the old mean": new,
        "the old mean counts 1 - momentum, not 1": old + share * new,
    }
    got = student.update_running(old, np.ones(3), turn(student)(z), share)
    mean = per_feature(expect(got, "what update_running returns").tuple(2)[0], "the mean")
    expect(mean, "the running mean").close((1 - share) * old + share * new, mistakes=mistakes)


@question("q4")
def test_eval_uses_the_statistics_it_is_given(student, rng):
    """bn_eval normalises with the mean and variance given, then scales and shifts"""
    z, g, b = batch(rng), rng.uniform(2, 3, (3, 1)), rng.uniform(-5, -3, (3, 1))
    mu, v = rng.normal(size=(3, 1)), rng.uniform(2, 9, (3, 1))
    mistakes = {
        "use the stored mean and variance, not those of this batch": g * standard(z) + b,
        "gamma and beta work in evaluation as they do in training": (z - mu) / v**0.5,
        "divide by the root of var": g * (z - mu) / v + b,
    }
    got = student.bn_eval(turn(student)(z), *(a.ravel() for a in (g, b, mu, v)), TINY)
    out = matrix(student, got, "out", z.shape)
    expect(out, "what bn_eval returns").close(g * (z - mu) / v**0.5 + b, mistakes=mistakes)


@question("q5")
def test_dbeta_sums_over_the_batch(student, rng):
    """dbeta adds up the output gradients of each feature"""
    z, dout = batch(rng), rng.normal(size=(3, 5))
    mistakes = {
        "beta reaches every example: add the gradients up, do not average": dout.mean(axis=1),
        "one dbeta per feature: sum over the examples": dout.sum(axis=0),
    }
    got = student.bn_backward(turn(student)(dout), turn(student)(z), np.ones(3), TINY)
    dbeta = expect(got, "what bn_backward returns").tuple(3)[2]
    expect(per_feature(dbeta, "dbeta"), "dbeta").close(dout.sum(axis=1), mistakes=mistakes)


@question("q5")
def test_a_shift_of_a_feature_changes_nothing(student, rng):
    """each feature of dZ sums to 0: to shift a whole feature leaves the output as it is"""
    z, dout, gamma = batch(rng), rng.normal(size=(3, 5)), rng.uniform(2, 3, 3)
    through = "mu depends on Z too: every entry of a row shares what flows back through mu"
    mistakes = {through: gamma * dout.sum(axis=1) / z.std(axis=1)}
    got = student.bn_backward(turn(student)(dout), turn(student)(z), gamma, TINY)
    dz = matrix(student, expect(got, "what bn_backward returns").tuple(3)[0], "dZ", z.shape)
    expect(dz.sum(axis=1), "the row sums of dZ").close(np.zeros(3), mistakes=mistakes)


@question("q6")
def test_every_choice_is_one_that_is_offered(student):
    """CHOICES answers the four questions, each with one of its letters"""
    keys = ("train_test", "train_test_why", "test_batch", "test_batch_why")
    choices = expect(student.CHOICES, "CHOICES").mapping(keys)
    other = ", ".join(sorted(set(choices) - set(keys)))
    hint = "remove it, or give it the name of its question"
    expect(choices, "CHOICES").that(not other, f"CHOICES holds {other[:80]}, not asked", hint)
    for key in keys:
        name = f"CHOICES[{key!r}]"
        letter = expect(choices[key], name).text().strip("(). :\n").lower()
        expect(letter, name).that(letter in set("abcd"), f"{name} is one letter from a to d")
