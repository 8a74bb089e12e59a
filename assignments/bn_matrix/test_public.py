"""Public checks. In this file a batch has features as rows and examples as columns."""

import numpy as np

from autograder.checks import expect, question

Z = np.array([[12.0, 14, 14, 12], [0, 10, 10, 0], [-5, 5, 5, -5]])
BETA = np.array([0.0, -10, 10])
SMALL = np.array([[1.0, 2, 6], [0, 40, 20]])  # means 3 and 20; see the handout's example
AWAY, SIGMA = np.array([[-2.0, -1, 3], [-20, 20, 0]]), np.sqrt([[14 / 3], [800 / 3]])
ASKED = ("train_test", "train_test_why", "test_batch", "test_batch_why")
TINY = 1e-12  # an eps that changes no digit looked at here; frameworks refuse 0
PER_EXAMPLE = "take the statistics along the examples: one mean and one variance per feature"
WHOLE = "every feature has its own mean and variance: do not pool the whole matrix"
DDOF, SPREAD = "divide by m, not by m - 1", "divide by the standard deviation"
SHARE = "momentum is the share of the new batch"
STORED = "use the stored mean and variance, not those of this batch"
ALIKE = "where two entries of a row of Z are equal, the results are equal too"
FOLLOW = "with gamma 1 and beta 0 a row of out is that row of Z, shifted and divided by one number"
WIDTHS = {  # of the rows of q1, as mistaken normalisations leave them; 1 is right
    DDOF: np.sqrt([0.75, 0.75, 0.75]),
    SPREAD + ", the root of the variance, not by the variance": np.array([1, 0.2, 0.2]),
    SPREAD + ": the norm of a row lacks the factor 1/m under the root": np.array([0.5, 0.5, 0.5]),
    SPREAD + " of each feature": np.array([1, 5, 5]),
    WHOLE: np.array([1, 5, 5]) / np.sqrt(548 / 12),
}


def turn(student):
    """Return the function between our layout and the one that the student declares."""
    layout = expect(student.LAYOUT, "LAYOUT").text()
    known = ("features_first", "examples_first")
    expect(layout, "LAYOUT").that(layout in known, f"LAYOUT is one of {' and '.join(known)}")
    return np.transpose if layout == "examples_first" else np.asarray


def matrix(student, got, name, shape):
    """Return a student's batch, features as rows, as floats that can be calculated with."""
    there = turn(student)
    rows = there(expect(got, name).array(there(np.empty(shape)).shape, dtype="float"))
    sound = np.all(abs(rows) < 1e9) and np.ptp(rows, axis=1).any()
    expect(got, name).that(sound, f"{name} is the same for every example, or far too large")
    return rows


def per_feature(got, name, d=3):
    """Return one number a feature; (d, 1) and (1, d) count as (d,)."""
    array = expect(got, name).array(dtype="float")
    return array.ravel() if array.shape in {(d, 1), (1, d)} else array


def parts(got, function, n):
    """Return the n things that a function gives back; the rows of an array count too."""
    rows = list(got) if isinstance(got, np.ndarray) and got.ndim else got
    return expect(rows, f"what {function} returns").tuple(n)


def on_paper(student, name):
    """Return Z_HAT or Z_TILDE, features as rows."""
    rows = matrix(student, getattr(student, name), name, Z.shape)
    alike = np.allclose(rows[:, [0, 1]], rows[:, [3, 2]], rtol=0, atol=1e-5)
    expect(rows, name).that(alike, f"{name} differs where a row of Z does not", ALIKE)
    return rows


def batch(rng, d=3, m=5):
    """Return whole numbers as floats, all different within a feature."""
    return np.stack([rng.choice(19, m, replace=False) - 9.0 for _ in range(d)])


def follows(out, z):
    """Tell whether each row of out is that row of z, shifted and stretched."""
    a, b = ((x - x[:, :1]) / (np.ptp(x, axis=1, keepdims=True) + 1e-30) for x in (out, z))
    pairs = a[:, :, None] * b[:, None, :]  # steps of out times steps of z
    return np.allclose(pairs, pairs.swapaxes(1, 2), atol=1e-5) and np.all((a * b).sum(axis=1) > 0)


def train(student, z, gamma=1.0, beta=0.0, eps=TINY):
    """Return the three parts that bn_train gives back."""
    there, ones = turn(student), np.ones(len(z))
    return parts(student.bn_train(there(z), gamma * ones, beta * ones, eps), "bn_train", 3)


def train_out(student, z, gamma=1.0, beta=0.0, eps=TINY):
    return matrix(student, train(student, z, gamma, beta, eps)[0], "out", z.shape)


def backward(student, dout, z, gamma=1.0, eps=TINY):
    """Return the three gradients that bn_backward gives back."""
    there, ones = turn(student), np.ones(len(z))
    return parts(student.bn_backward(there(dout), there(z), gamma * ones, eps), "bn_backward", 3)


@question("q1")
def test_z_hat_has_mean_zero(student):
    """each feature of Z_HAT has mean 0 over the four examples"""
    mistakes = {
        "subtract the mean of each feature before you divide": np.array([13, 1, 0]),
        WHOLE: np.array([1.035854, -0.147979, -0.887875]),
        PER_EXAMPLE: np.array([1.266023, -0.118276, -1.147746]),
    }
    means = expect(on_paper(student, "Z_HAT").mean(axis=1), "the row means of Z_HAT")
    means.close(np.zeros(3), atol=1e-5, mistakes=mistakes)


@question("q1", weight=2)
def test_z_hat_has_deviation_one(student):
    """each feature of Z_HAT has standard deviation 1 over the four examples"""
    spread = expect(on_paper(student, "Z_HAT").std(axis=1), "the row deviations of Z_HAT")
    spread.close(np.ones(3), atol=1e-5, mistakes=WIDTHS)


@question("q2")
def test_z_tilde_is_centred_at_beta(student):
    """each feature of Z_TILDE has its beta as mean"""
    means = on_paper(student, "Z_TILDE").mean(axis=1)
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
    mistakes = {DDOF: z.var(axis=1, ddof=1), "return the variance, not its root": z.std(axis=1)}
    expect(per_feature(train(student, z)[2], "var"), "var").close(z.var(axis=1), mistakes=mistakes)


@question("q3", weight=3)
def test_each_feature_is_normalised(student, rng):
    """with gamma 1, beta 0 and a tiny eps each feature becomes (z - mu) / sigma"""
    mistakes = {  # the last six are right on the Z of q1
        DDOF: AWAY / SIGMA * (2 / 3) ** 0.5,
        SPREAD + ", the root of the variance, not by the variance": AWAY / SIGMA**2,
        SPREAD + ": the norm of a row lacks the factor 1/m under the root": AWAY / SIGMA / 3**0.5,
        SPREAD + " of each feature": AWAY,
        "subtract the mean of each feature before you divide": SMALL / SIGMA,
        WHOLE: (SMALL - 11.5) / np.sqrt(2495 / 12),
        PER_EXAMPLE: np.array([[1, -1, -1], [-1, 1, 1]]),
        SPREAD + ", not by the mean absolute deviation": AWAY / [[2], [40 / 3]],
        SPREAD + ", not by the largest deviation": AWAY / [[3], [20]],
        SPREAD + ", not by half the range": AWAY / [[2.5], [20]],
        SPREAD + "; a row need not reach from -1 to 1": np.array([[-1, -0.6, 1], [-1, 1, 0]]),
        "how far a value lies from the mean counts, not only on which side": np.sign(AWAY),
        "subtract the mean of each feature, not its median": (SMALL - [[2], [20]]) / SIGMA,
    }
    expect(train_out(student, SMALL), "out").close(AWAY / SIGMA, mistakes=mistakes)
    for z in (batch(rng, 1, 4), batch(rng, 4, 2), batch(rng, 3, 6)):
        out = train_out(student, z)
        expect(out.mean(axis=1), "the row means of out").close(np.zeros(len(z)))
        expect(out.std(axis=1), "the row deviations of out").close(np.ones(len(z)))
        expect(out, "out").that(follows(out, z), "out does not follow Z", FOLLOW)


@question("q3")
def test_gamma_scales_and_beta_shifts(student, rng):
    """out is gamma times the normalised batch, plus beta, feature by feature"""
    z, gamma, beta = batch(rng), rng.uniform(2, 3, (3, 1)), rng.uniform(-5, -3, (3, 1))
    plain = train_out(student, z, 1.0, 1.0) - 1
    expect(plain, "out").that(follows(plain, z), "out does not follow Z", FOLLOW)
    mistakes = {
        "multiply by gamma first, then add beta": gamma * (plain + beta),
        "gamma multiplies and beta is added: yours are swapped": beta * plain + gamma,
        "out is scaled and shifted: gamma and beta are not used": plain + 1,
    }
    out = train_out(student, z, gamma.ravel(), beta.ravel())
    expect(out, "out").close(gamma * plain + beta, mistakes=mistakes)


@question("q4")
def test_running_mean_moves_by_momentum(student, rng):
    """the running mean moves towards the mean of the batch by the share `momentum`"""
    z, old, share = batch(rng), rng.normal(size=3), rng.uniform(0.1, 0.3)
    new = z.mean(axis=1)
    mistakes = {
        SHARE: share * old + (1 - share) * new,
        "keep the share 1 - momentum of the old mean": new,
        "the old mean counts 1 - momentum, not 1": old + share * new,
    }
    got = student.update_running(old, np.ones(3), turn(student)(z), share)
    mean = per_feature(parts(got, "update_running", 2)[0], "the mean")
    expect(mean, "the running mean").close((1 - share) * old + share * new, mistakes=mistakes)


@question("q4")
def test_eval_uses_the_statistics_it_is_given(student, rng):
    """bn_eval normalises with the mean and variance given, then scales and shifts"""
    drawn = [rng.uniform(*ends, (3, 1)) for ends in ((2, 3), (-5, -3), (-1, 1), (2, 9))]
    for z in (SMALL, batch(rng)):
        gamma, beta, mean, var = (numbers[: len(z)] for numbers in drawn)
        z_hat = (z - mean) / var**0.5
        mistakes = {
            STORED: gamma[:2] * AWAY / SIGMA + beta[:2],
            "gamma and beta work in evaluation as they do in training": z_hat,
            "divide by the root of var": gamma * z_hat / var**0.5 + beta,
        }
        got = student.bn_eval(turn(student)(z), *map(np.ravel, (gamma, beta, mean, var)), TINY)
        out = matrix(student, got, "out", z.shape)
        expect(out, "out").close(gamma * z_hat + beta, mistakes=mistakes)


@question("q5")
def test_dbeta_sums_over_the_batch(student, rng):
    """dbeta adds up the output gradients of each feature"""
    z, dout = batch(rng), rng.normal(size=(3, 5))
    mistakes = {
        "beta reaches every example: add the gradients up, do not average": dout.mean(axis=1),
        "one dbeta per feature: sum over the examples": dout.sum(axis=0),
    }
    dbeta = per_feature(backward(student, dout, z)[2], "dbeta")
    expect(dbeta, "dbeta").close(dout.sum(axis=1), mistakes=mistakes)


@question("q5")
def test_a_shift_of_a_feature_changes_nothing(student, rng):
    """each feature of dZ sums to 0: to shift a whole feature leaves the output as it is"""
    z, dout, gamma = batch(rng), rng.normal(size=(3, 5)), rng.uniform(2, 3, 3)
    dz = matrix(student, backward(student, dout, z, gamma)[0], "dZ", z.shape)
    uphill = np.all((dz * dout).sum(axis=1) > 0)
    expect(dz, "dZ").that(uphill, "a small step of Z along dZ raises sum(dout * out) in each row")
    through = "mu depends on Z too: every entry of a row shares what flows back through mu"
    mistakes = {through: gamma * dout.sum(axis=1) / z.std(axis=1)}
    expect(dz.sum(axis=1), "the row sums of dZ").close(np.zeros(3), mistakes=mistakes)


@question("q6")
def test_every_choice_is_one_that_is_offered(student):
    """CHOICES answers the four questions, each with one of its letters"""
    choices = expect(student.CHOICES, "CHOICES").mapping(ASKED)
    other = ", ".join(sorted(set(choices) - set(ASKED)))
    expect(choices, "CHOICES").that(not other, f"{other[:80]}: not asked", "remove or rename it")
    for key in ASKED:
        letter = expect(choices[key], key).text().strip("(). :\n").lower()
        expect(letter, key).that(letter in set("abcd"), f"{key} is one letter from a to d")
