"""Hidden checks. `public` is the module of test_public.py; a batch has features as rows."""

import numpy as np

from autograder.checks import expect, question
from autograder.checks.gradients import central_difference

ROOT = "eps belongs inside the root: divide by sqrt(var + eps)"
WITHOUT = "eps is not used: divide by sqrt(var + eps)"


def centred(z):
    return z - z.mean(axis=-1, keepdims=True)


@question("q1", weight=2)
def test_z_hat_keeps_the_order_of_the_examples(student, reference, public):
    """within each feature of Z_HAT the examples lie as they do in Z"""
    z_hat = public.on_paper(student, "Z_HAT")
    at_zero = np.allclose(z_hat.mean(axis=1), 0, atol=1e-4)
    as_wide = np.allclose(z_hat.std(axis=1), 1, atol=1e-4)
    hint = "centre each row at 0, then divide it by its standard deviation"
    expect(z_hat, "Z_HAT").that(at_zero or as_wide, "Z_HAT is not normalised", hint)
    mistakes = {"take z minus the mean, not the mean minus z": -reference.Z_HAT}
    rows = centred(z_hat) / np.maximum(z_hat.std(axis=1, keepdims=True), 1e-9)
    expect(rows, "Z_HAT").close(reference.Z_HAT, atol=1e-4, mistakes=mistakes)


@question("q2", weight=1.5)
def test_z_tilde_keeps_the_normalised_spread(student, reference, public):
    """with gamma 1 the rows of Z_TILDE are as spread out as normalised rows"""
    z_tilde = public.on_paper(student, "Z_TILDE")
    shifted = np.any(abs(z_tilde.mean(axis=1)) > 1e-4)
    hint = "add its beta to each row of Z_HAT: gamma alone leaves the rows where they are"
    expect(z_tilde, "Z_TILDE").that(shifted, "Z_TILDE is not shifted", hint)
    mistakes = {h: reference.Z_HAT * wide[:, None] for h, wide in public.WIDTHS.items()}
    expect(centred(z_tilde), "Z_TILDE").close(reference.Z_HAT, atol=1e-5, mistakes=mistakes)


@question("q3")
def test_var_is_returned_without_eps(student, rng, public):
    """the var that bn_train returns is the same for every eps"""
    z = np.outer((3, 1, 2), public.batch(rng, 1, 7)) + np.array([[0], [99], [50]])
    small, large = (public.train(student, z, eps=eps)[2] for eps in (public.TINY, 0.6))
    without = expect(public.per_feature(small, "var"), "var").array((3,))
    spread = "var is larger for a feature that is more spread out"
    expect(without, "var").that(0 < without[1] < without[2] < without[0], spread, spread)
    hint = "return the variance itself: eps belongs to the division only"
    mistakes = {hint: without + 0.6, hint + ", not to var": np.sqrt(without**2 + 0.6)}
    expect(public.per_feature(large, "var"), "var").close(without, mistakes=mistakes)


def must_follow(public, out, z):
    """Fail unless the rows of out are those of z, moved and scaled, but not left as they are."""
    follows, changed = public.follows(out, z), not np.allclose(out, z)
    expect(out, "out").that(follows and changed, "out does not follow Z", public.FOLLOW)


@question("q3")
def test_gamma_and_beta_belong_to_features(student, rng, public):
    """gamma and beta act feature by feature, also when there are as many examples as features"""
    z, gamma, beta = public.batch(rng, 4, 4), rng.uniform(2, 3, 4), rng.uniform(-5, 5, 4)
    plain = public.train_out(student, z)
    must_follow(public, plain, z)
    along = "gamma and beta have one number per feature: apply them along the rows of examples"
    shifted = public.train_out(student, z, beta=beta)
    expect(shifted, "out").close(plain + beta[:, None], mistakes={along: plain + beta})
    scaled = public.train_out(student, z, gamma)
    expect(scaled, "out").close(plain * gamma[:, None], mistakes={along: plain * gamma})


@question("q3", weight=2)
def test_eps_is_inside_the_root(student, rng, public):
    """with eps above 0 the division is by sqrt(var + eps)"""
    for eps in (0.3, 2.0):
        z = public.batch(rng, 3, 7)
        var = z.var(axis=1, keepdims=True)
        row = public.train_out(student, z) * var**0.5  # what the student divides
        mistakes = {
            ROOT: row / (var**0.5 + eps),
            WITHOUT: row / var**0.5,
            "eps is added once only": row / ((var + eps) ** 0.5 + eps),
            "eps is added once only, inside the root": row / (var + 2 * eps) ** 0.5,
        }
        out = public.train_out(student, z, eps=eps)
        expect(out, "out").close(row / (var + eps) ** 0.5, mistakes=mistakes)


@question("q3")
def test_large_means_do_no_harm(student, rng, public):
    """a feature far away from 0 is normalised as well as one around 0"""
    hint = "subtract the mean before you square: mean(z^2) - mu^2 loses its digits for large z"
    for _ in range(3):
        z = rng.normal(size=(3, 7))
        near, far = (public.train_out(student, a, eps=0.1) for a in (z, z + 1e6))
        must_follow(public, near, z)
        expect(far, "out").that(np.allclose(far, near, rtol=0, atol=1e-7), "out changes", hint)


@question("q3")
def test_whole_numbers_are_normalised_as_floats(student, rng, public):
    """an array of integers gives what the same array of floats gives"""
    hint = "the result is not whole: make room for floats, not for the integer type of Z"
    z = public.batch(rng, 3, 7)
    whole, real = (public.train_out(student, a) for a in (z.astype(int), z))
    must_follow(public, real, z)
    expect(whole, "out").that(np.allclose(whole, real), "integers give another out", hint)


@question("q4")
def test_running_variance_is_unbiased(student, rng, public):
    """the running variance moves towards the unbiased variance of the batch"""
    for share in (0.2, 0.7):
        z, old = public.batch(rng, 3, 7), rng.uniform(1, 4, 3)
        got = student.update_running(np.zeros(3), old, public.turn(student)(z), share)
        var = public.per_feature(public.parts(got, "update_running", 2)[1], "var")
        kept, new = (1 - share) * old, z.var(axis=1, ddof=1)
        mistakes = {
            "take the unbiased variance, with 1 / (m - 1)": kept + share * z.var(axis=1),
            public.SHARE: share * old + (1 - share) * new,
            "average variances, not standard deviations": kept + share * np.sqrt(new),
        }
        expect(var, "the running variance").close(kept + share * new, mistakes=mistakes)


@question("q4")
def test_eval_gives_one_example_the_same_output_alone(student, rng, public):
    """an example alone gets the output that it gets inside a batch"""
    there, z = public.turn(student), public.batch(rng, 3, 7)
    mean, var = rng.normal(size=3), rng.uniform(2, 9, 3)

    def evaluate(z, mean):
        return student.bn_eval(there(z), np.ones(3), np.zeros(3), mean, var, 0.1)

    whole, moved = (public.matrix(student, evaluate(z, m), "out", z.shape) for m in (mean, -mean))
    expect(whole, "out").that(np.any(whole != moved), "the mean is not used", public.STORED)
    for i in range(3):
        alone = there(expect(evaluate(z[:, [i]], mean), "out").array())
        axes = "keep both axes: one example is a matrix with one column (or row)"
        expect(alone, "out").close(whole[:, [i]], mistakes={axes: whole[:, i]})


@question("q4")
def test_eval_has_eps_inside_the_root(student, rng, public):
    """bn_eval divides by sqrt(var + eps)"""
    there = public.turn(student)
    for eps in (0.3, 2.0):
        z, mean, var = public.batch(rng, 3, 7), rng.normal(size=3), rng.uniform(2, 9, (3, 1))
        got = student.bn_eval(there(z), np.ones(3), np.zeros(3), mean, var.ravel(), eps)
        row = z - mean[:, None]
        mistakes = {ROOT: row / (var**0.5 + eps), WITHOUT: row / var**0.5}
        out = public.matrix(student, got, "out", z.shape)
        expect(out, "out").close(row / (var + eps) ** 0.5, mistakes=mistakes)


def part(a, c):
    """Return how much of each row of a lies along the same row of c."""
    return (a * c).sum(axis=1, keepdims=True) / (c * c).sum(axis=1, keepdims=True)


def slopes(reference, dout, z, gamma, eps):
    """Return d(sum of dout out)/dZ by central differences of the forward pass."""
    layer, beta = reference.bn_train, np.zeros(len(z))
    return central_difference(lambda z: layer(z, gamma, beta, eps)[0], z, dout)


@question("q5")
def test_dgamma_weighs_by_the_normalised_batch(student, rng, public):
    """dgamma adds up output gradient times normalised value, feature by feature"""
    for eps in (public.TINY, 0.7):
        z, dout = public.batch(rng, 3, 7), rng.normal(size=(3, 7))
        weighed, root = (dout * centred(z)).sum(axis=1), np.sqrt(z.var(axis=1) + eps)
        mistakes = {
            "gamma multiplies the normalised value, not z itself": (dout * z).sum(axis=1),
            "gamma multiplies the normalised value: divide by sqrt(var + eps)": weighed,
            "gamma reaches every example: add up, do not average": weighed / root / 7,
            "use the eps you are given when you normalise again": weighed / z.std(axis=1),
        }
        dgamma = public.per_feature(public.backward(student, dout, z, eps=eps)[1], "dgamma")
        expect(dgamma, "dgamma").close(weighed / root, mistakes=mistakes)


@question("q5", weight=1.5)
def test_dz_flows_through_the_variance(student, rng, reference, public):
    """dZ holds what flows back through the variance, for any eps"""
    for eps in (0.3, 2.0):
        z, dout = public.batch(rng, 3, 7), rng.normal(size=(3, 7))
        got = public.backward(student, dout, z, eps=eps)[0]
        dz, c = public.matrix(student, got, "dZ", z.shape), centred(z)
        root = np.sqrt(z.var(axis=1, keepdims=True) + eps)
        mistakes = {
            "use the eps you are given": np.zeros((3, 1)),
            "var depends on Z too: add its share": part(dout, c) / root,
        }
        right = part(slopes(reference, dout, z, np.ones(3), eps), c)
        expect(part(dz, c), "dZ along Z").close(right, atol=1e-7, mistakes=mistakes)


@question("q5", weight=1.5)
def test_dz_is_scaled_by_gamma_over_sigma(student, rng, reference, public):
    """what flows straight back from out to Z is scaled by gamma / sigma"""
    for d, m in ((3, 7), (2, 4)):
        z, dout, gamma = public.batch(rng, d, m), rng.normal(size=(d, m)), rng.uniform(2, 3, d)
        got = public.backward(student, dout, z, gamma)[0]
        dz, c = public.matrix(student, got, "dZ", z.shape), centred(z)
        every = dout, dz, slopes(reference, dout, z, gamma, public.TINY)
        straight, back, right = (centred(a - part(a, c) * c) for a in every)
        sigma, scaled = z.std(axis=1, keepdims=True), gamma[:, None] * straight
        mistakes = {
            "gamma multiplies on the way back too": straight / sigma,
            "divide by the root of var, not by var": scaled / sigma**2,
            "divide by sigma on the way back too": scaled,
        }
        expect(back, "dZ less what mu and var bring").close(right, atol=1e-7, mistakes=mistakes)


@question("q6", weight=4.5)
def test_choice_train_test(student, public):
    """which statistics are used in training and in test, and why"""
    phases = {
        "in test a batch may be a single example, which has no variance": "a",
        "think again which phase can afford to look at its batch: yours are swapped": "c",
        "in training the batch at hand is used; the running averages are only collected": "d",
    }
    reasons = {
        "it is not about speed: ask what a prediction should depend on": "a",
        "gamma and beta are learned and stored: they are known in test": "b",
        "exact statistics would do no harm: think of a batch of one example": "c",
    }
    choices = expect(student.CHOICES, "CHOICES").mapping(public.ASKED)
    expect(choices["train_test"], "train_test").choice("b", phases)
    expect(choices["train_test_why"], "train_test_why").choice("d", reasons)


@question("q6", weight=4.5)
def test_choice_test_batch(student, public):
    """what a larger test batch does to the output for one example, and why"""
    effects = {
        "in evaluation mode nothing is computed from the test batch": "a",
        "nothing is fitted in evaluation mode, so nothing can over-fit": "b",
        "the mean in evaluation mode is a stored one, not that of the test batch": "d",
    }
    reasons = {
        "true of a batch mean; but which mean is used in evaluation mode?": "b",
        "the running averages move in training only": "c",
        "that noise belongs to training: in evaluation mode there is none": "d",
    }
    choices = expect(student.CHOICES, "CHOICES").mapping(public.ASKED)
    expect(choices["test_batch"], "test_batch").choice("c", effects)
    expect(choices["test_batch_why"], "test_batch_why").choice("a", reasons)
