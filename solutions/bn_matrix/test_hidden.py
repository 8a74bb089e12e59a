"""Hidden checks. In this file a batch has features as rows and examples as columns."""

import numpy as np

from autograder.checks import expect, question

TINY = 1e-12  # an eps that changes no digit looked at here; frameworks refuse 0
ROOT = "eps belongs inside the root: divide by sqrt(var + eps)"
TWICE = "eps is added once only"
WITHOUT = "eps is not used: divide by sqrt(var + eps)"


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


def batch(rng, d=3, m=7):
    """Return whole numbers as floats, all different within a feature."""
    return np.stack([rng.choice(19, m, replace=False) - 9.0 for _ in range(d)])


def centred(z):
    return z - z.mean(axis=1, keepdims=True)


def train(student, z, gamma=1.0, beta=0.0, eps=TINY):
    """Return out, features as rows, and var as bn_train gives them."""
    ones = np.ones(len(z))
    got = student.bn_train(turn(student)(z), gamma * ones, beta * ones, eps)
    out, _, var = expect(got, "what bn_train returns").tuple(3)
    return matrix(student, out, "out", z.shape), var


@question("q1", weight=2)
def test_z_hat_keeps_the_order_of_the_examples(student, reference):
    """within each feature of Z_HAT the examples lie as they do in Z"""
    z_hat = centred(matrix(student, student.Z_HAT, "Z_HAT", (3, 4)))
    spread = z_hat.std(axis=1, keepdims=True)
    right = reference.Z_HAT
    expect(z_hat / np.where(spread > 0, spread, 1), "Z_HAT, centred and scaled,").close(
        right, atol=1e-4, mistakes={"take z minus the mean, not the mean minus z": -right}
    )


@question("q2")
def test_z_tilde_keeps_the_normalised_spread(student, reference):
    """with gamma 1 the rows of Z_TILDE are as spread out as normalised rows"""
    z_tilde = matrix(student, student.Z_TILDE, "Z_TILDE", (3, 4))
    right = reference.Z_HAT
    mistakes = {
        "beta shifts the normalised rows; yours are centred but not divided": centred(reference.Z),
        "divide by m, not by m - 1": right * 0.75**0.5,
    }
    expect(centred(z_tilde), "Z_TILDE, centred,").close(right, atol=1e-5, mistakes=mistakes)


@question("q3")
def test_var_is_returned_without_eps(student, rng):
    """the var that bn_train returns is the same for every eps"""
    z = batch(rng)
    without, var = (per_feature(train(student, z, eps=eps)[1], "var") for eps in (TINY, 0.6))
    hint = "return the variance itself: eps belongs to the division only"
    expect(without, "var").that(np.all(without > 0), "var is above 0 for a feature that varies")
    mistakes = {hint: without + 0.6, hint + ", not to var": np.sqrt(without**2 + 0.6)}
    expect(var, "var").close(without, mistakes=mistakes)


@question("q3")
def test_gamma_and_beta_belong_to_features(student, rng):
    """gamma and beta act feature by feature, also when there are as many examples as features"""
    z, gamma, beta = batch(rng, 4, 4), rng.uniform(2, 3, 4), rng.uniform(-5, 5, 4)
    along = "gamma and beta have one number per feature: apply them along the rows of examples"
    plain = train(student, z)[0]
    shifted, scaled = train(student, z, beta=beta)[0], train(student, z, gamma)[0]
    expect(shifted, "out").close(plain + beta[:, None], mistakes={along: plain + beta})
    expect(scaled, "out").close(plain * gamma[:, None], mistakes={along: plain * gamma})


@question("q3")
def test_eps_is_inside_the_root(student, rng):
    """with eps above 0 the division is by sqrt(var + eps)"""
    for eps in (0.3, 2.0):
        z = batch(rng)
        plain, v = train(student, z)[0], z.var(axis=1, keepdims=True)
        mistakes = {
            ROOT: plain * v**0.5 / (v**0.5 + eps),
            WITHOUT: plain,
            TWICE: plain * v**0.5 / ((v + eps) ** 0.5 + eps),
            TWICE + ", inside the root": plain * (v / (v + 2 * eps)) ** 0.5,
        }
        right = plain * (v / (v + eps)) ** 0.5
        expect(train(student, z, eps=eps)[0], "out").close(right, mistakes=mistakes)


@question("q3")
def test_large_means_do_no_harm(student, rng):
    """a feature far away from 0 is normalised as well as one around 0"""
    hint = "subtract the mean before you square: mean(z^2) - mu^2 loses its digits for large z"
    for _ in range(3):
        z = rng.normal(size=(3, 7))
        near, far = train(student, z, eps=0.1)[0], train(student, z + 1e6, eps=0.1)[0]
        expect(far, "out").that(np.allclose(far, near, rtol=0, atol=1e-7), "out changes", hint)


@question("q3")
def test_whole_numbers_are_normalised_as_floats(student, rng):
    """an array of integers gives what the same array of floats gives"""
    hint = "the result is not whole: make room for floats, not for the integer type of Z"
    z = batch(rng)
    whole, real = train(student, z.astype(int))[0], train(student, z)[0]
    expect(whole, "out").that(np.allclose(whole, real), "integers give another out", hint)


@question("q4")
def test_running_variance_is_unbiased(student, rng):
    """the running variance moves towards the unbiased variance of the batch"""
    for share in (0.2, 0.7):
        z, old = batch(rng), rng.uniform(1, 4, 3)
        got = student.update_running(np.zeros(3), old, turn(student)(z), share)
        var = per_feature(expect(got, "what update_running returns").tuple(2)[1], "var")
        kept, new = (1 - share) * old, z.var(axis=1, ddof=1)
        mistakes = {
            "take the unbiased variance, with 1 / (m - 1)": kept + share * z.var(axis=1),
            "momentum is the share of the new batch": share * old + (1 - share) * new,
            "momentum is the share of the new batch, and its variance has 1 / (m - 1)": (
                share * old + (1 - share) * z.var(axis=1)
            ),
            "average variances, not standard deviations": kept + share * np.sqrt(new),
        }
        expect(var, "the running variance").close(kept + share * new, mistakes=mistakes)


@question("q4")
def test_eval_gives_one_example_the_same_output_alone(student, rng):
    """an example alone gets the output that it gets inside a batch"""
    z, gamma, beta = batch(rng), rng.uniform(2, 3, 3), rng.uniform(-5, -3, 3)
    stored = gamma, beta, rng.normal(size=3), rng.uniform(2, 9, 3), 0.1
    there, name = turn(student), "what bn_eval returns"
    whole = matrix(student, student.bn_eval(there(z), *stored), name, z.shape)
    for i in range(3):
        alone = there(numbers(student.bn_eval(there(z[:, [i]]), *stored), name))
        mistakes = {
            "keep both axes: one example is a matrix with one column (or row)": whole[:, i],
            "use the stored statistics: one example has no variance": beta[:, None],
        }
        expect(alone, name).close(whole[:, [i]], mistakes=mistakes)


@question("q4")
def test_eval_has_eps_inside_the_root(student, rng):
    """bn_eval divides by sqrt(var + eps)"""
    for eps in (0.3, 2.0):
        z, mean, var = batch(rng), rng.normal(size=3), rng.uniform(2, 9, 3)
        got = student.bn_eval(turn(student)(z), np.ones(3), np.zeros(3), mean, var, eps)
        c, v = z - mean[:, None], var[:, None]
        own = centred(z) / np.sqrt(z.var(axis=1, keepdims=True) + eps)
        stored = "use the stored mean and variance, not those of this batch"
        mistakes = {ROOT: c / (v**0.5 + eps), WITHOUT: c / v**0.5, stored: own}
        out = matrix(student, got, "what bn_eval returns", z.shape)
        expect(out, "what bn_eval returns").close(c / np.sqrt(v + eps), mistakes=mistakes)


def part(a, c):
    """Return how much of each row of a lies along the same row of c."""
    return (a * c).sum(axis=1, keepdims=True) / (c * c).sum(axis=1, keepdims=True)


def slopes(dout, z, gamma, eps, h=1e-5):
    """Return d(sum of dout out)/dZ by central differences in float64."""

    def loss(z):
        out = gamma[:, None] * centred(z) / np.sqrt(z.var(axis=1, keepdims=True) + eps)
        return (dout * out).sum()

    steps = h * np.eye(z.size).reshape(-1, *z.shape)
    return np.reshape([loss(z + step) - loss(z - step) for step in steps], z.shape) / (2 * h)


def backward(student, dout, z, gamma, eps):
    """Return the three gradients that bn_backward gives back."""
    got = student.bn_backward(turn(student)(dout), turn(student)(z), gamma, eps)
    return expect(got, "what bn_backward returns").tuple(3)


@question("q5")
def test_dgamma_weighs_by_the_normalised_batch(student, rng):
    """dgamma adds up output gradient times normalised value, feature by feature"""
    for eps in (TINY, 0.7):
        z, dout = batch(rng), rng.normal(size=(3, 7))
        c, root = centred(z), np.sqrt(z.var(axis=1) + eps)
        right = (dout * c).sum(axis=1) / root
        mistakes = {
            "gamma multiplies the normalised value, not z itself": (dout * z).sum(axis=1),
            "gamma multiplies the normalised value: divide by sqrt(var + eps)": right * root,
            "gamma reaches every example: add up, do not average": right / 7,
            "use the eps you are given when you normalise again": right * root / z.std(axis=1),
        }
        dgamma = per_feature(backward(student, dout, z, np.ones(3), eps)[1], "dgamma")
        expect(dgamma, "dgamma").close(right, mistakes=mistakes)


@question("q5", weight=1.5)
def test_dz_flows_through_the_variance(student, rng):
    """dZ holds what flows back through the variance, for any eps"""
    for eps in (0.3, 2.0):
        z, dout, gamma = batch(rng), rng.normal(size=(3, 7)), np.ones(3)
        dz = matrix(student, backward(student, dout, z, gamma, eps)[0], "dZ", z.shape)
        c, v = centred(z), z.var(axis=1, keepdims=True)
        mistakes = {
            "use the eps you are given": np.zeros((3, 1)),
            "var depends on Z too: add its share": part(dout, c) / (v + eps) ** 0.5,
        }
        right = part(slopes(dout, z, gamma, eps), c)
        expect(part(dz, c), "dZ along Z").close(right, atol=1e-7, mistakes=mistakes)


@question("q5", weight=1.5)
def test_dz_is_scaled_by_gamma_over_sigma(student, rng):
    """what flows straight back from out to Z is scaled by gamma / sigma"""
    for d, m in ((3, 7), (2, 4)):
        z, dout, gamma = batch(rng, d, m), rng.normal(size=(d, m)), rng.uniform(2, 3, d)
        c, sigma, g = centred(z), z.std(axis=1, keepdims=True), gamma[:, None]
        dz = matrix(student, backward(student, dout, z, gamma, TINY)[0], "dZ", z.shape)
        every = dout, dz, slopes(dout, z, gamma, TINY)
        straight, got, right = (centred(a - part(a, c) * c) for a in every)
        mistakes = {
            "gamma multiplies on the way back too": straight / sigma,
            "divide by the root of var, not by var": g * straight / sigma**2,
            "divide by sigma on the way back too": g * straight,
        }
        name = "dZ without the parts through mu and var"
        expect(got, name).close(right, atol=1e-7, mistakes=mistakes)


def choose(student, key, right, mistakes):
    """Compare one letter of CHOICES."""
    picked = expect(student.CHOICES, "CHOICES").mapping((key,))[key]
    expect(picked, f"CHOICES[{key!r}]").choice(right, mistakes=mistakes)


@question("q6", weight=2)
def test_choice_train_test(student):
    """which statistics are used in training and which in test"""
    mistakes = {
        "in test a batch may be a single example, which has no variance": "a",
        "think again which phase can afford to look at its batch: yours are swapped": "c",
        "in training the batch at hand is used; the running averages are only collected": "d",
    }
    choose(student, "train_test", "b", mistakes)


@question("q6", weight=2)
def test_choice_train_test_why(student):
    """why test differs from training"""
    mistakes = {
        "it is not about speed: ask what a prediction should depend on": "a",
        "gamma and beta are learned and stored: they are known in test": "b",
        "exact statistics would do no harm: think of a batch of one example": "c",
    }
    choose(student, "train_test_why", "d", mistakes)


@question("q6", weight=2)
def test_choice_test_batch(student):
    """what a larger test batch does to the output for one example"""
    mistakes = {
        "in evaluation mode nothing is computed from the test batch": "a",
        "nothing is fitted in evaluation mode, so nothing can over-fit": "b",
        "the mean in evaluation mode is a stored one, not that of the test batch": "d",
    }
    choose(student, "test_batch", "c", mistakes)


@question("q6", weight=2)
def test_choice_test_batch_why(student):
    """why a larger test batch does that"""
    mistakes = {
        "true of a batch mean; but which mean is used in evaluation mode?": "b",
        "the running averages move in training only": "c",
        "that noise belongs to training: in evaluation mode there is none": "d",
    }
    choose(student, "test_batch_why", "a", mistakes)
