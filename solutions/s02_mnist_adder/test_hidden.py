"""Hidden checks of `s02_mnist_adder`: how numbers are drawn, what depends on them."""

import numpy as np

from autograder.checks import expect, question
from autograder.checks.behaviour import deterministic


@question("q1", weight=8)
def test_fresh_numbers_in_training(student, rng, public):
    """in training, every reading of an item draws a number from 0 to 9, all equally often"""
    data, _, _ = public.dataset(student, rng, 40, True)
    places = [n for n in range(40) for _ in range(25)]
    drawn = np.array([number for _, number, _, _ in public.read(data, places)]).reshape(40, 25)
    fresh = "draw the number when the item is read, not when the data set is made"
    stays = (drawn == drawn[:, :1]).all(axis=1).any()
    expect(None, "numbers").that(not stays, "an item has the same number at each reading", fresh)
    counts = np.bincount(drawn.ravel(), minlength=10)
    # Chi-squared with 9 degrees of freedom: 40 is passed by chance once in 100,000 times.
    far = ((counts - 100) ** 2 / 100).sum()
    hint = "torch.randint(0, 10, ...) draws 0 to 9: the upper end is left out"
    expect(None, "numbers").that(far < 40, "some numbers come more often than others", hint)


@question("q1", weight=7)
def test_fixed_numbers_in_testing(student, rng, public):
    """in testing, an item has the same number at each reading, and items have different ones"""
    data, _, _ = public.dataset(student, rng, 40, False)
    first, again = (public.read(data, range(40)) for _ in range(2))
    numbers = [[item[1] for item in reading] for reading in (first, again)]
    hint = "with train=False, draw all numbers once, in __init__, from the seed"
    same = numbers[0] == numbers[1]
    expect(None, "numbers").that(same, "a test item has another number each time", hint)
    varied = len(set(numbers[0])) > 4
    expect(None, "numbers").that(varied, "all test items have nearly the same number", hint)


@question("q2", weight=6)
def test_outputs_are_logits(student, rng, public):
    """both outputs are logits or log-probabilities, the same at every evaluation"""
    net = public.network(student)
    deterministic(net)
    for place, name in enumerate(("digits", "sums")):
        out = net.run(*public.pictures(rng, 5), output=place)
        probable = (out >= 0).all() and np.allclose(out.sum(axis=1), 1, atol=1e-4)
        hint = "return the logits: cross-entropy applies the softmax itself"
        expect(None, name).that(not probable, f"the {name} are probabilities", hint)


@question("q3", weight=5)
def test_the_digits_do_not_depend_on_the_number(student, rng, public):
    """another number gives the same digits for the same image"""
    net, (images, _) = public.network(student), public.pictures(rng, 6)
    one, two = (net.run(images, public.hot(np.full(6, n))) for n in (2, 7))
    hint = "decide the digit before the number comes in"
    same = np.abs(one - two).max() < 1e-6
    expect(None, "digits").that(same, "the digits change with the number", hint)


@question("q3", weight=5)
def test_the_sums_come_from_the_image(student, rng, public):
    """a small change of the image changes the sums a little: a gradient flows through them"""
    net, (images, numbers) = public.network(student), public.pictures(rng, 6)
    moved = images + rng.normal(0, 0.02, images.shape).astype(np.float32)
    one, two = (net.run(x, numbers, output=1) for x in (images, moved))
    hint = "compute the sums from numbers that have a gradient, not from an arg max"
    flows = (np.abs(one - two).max(axis=1) > 0).all()
    expect(None, "sums").that(flows, "the sums do not follow the image", hint)
