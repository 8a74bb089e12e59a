"""Public checks of `s02_mnist_adder`: items, outputs, the loss, accuracy, the report."""

import numpy as np

from autograder.checks import expect, question
from autograder.checks.graph import graph
from autograder.checks.shelf import put_weights, reaches
from autograder.checks.steps import items, length, tensor
from autograder.checks.weights import read_weights

IMAGE, NUMBER = (1, 28, 28), (10,)
SECTIONS = ("Representation", "Data", "Combination", "Evaluation", "Results", "Loss", "Device")


def network(student):
    return graph(student.AdderNet(), IMAGE, NUMBER)


def dataset(student, rng, count, train):
    """Return a data set of the student's on made-up images, and the labels in it."""
    images = rng.normal(size=(count, *IMAGE)).astype(np.float32)
    labels = rng.integers(0, 10, count)
    return student.AdderData(tensor(images), tensor(labels), train, 1), images, labels


def read(data, places):
    """Return items as (image, number, digit, total), numbers as whole numbers."""
    told = items(data, places)
    seen = f"{len(told)} of {len(places)} items can be read"
    expect(None, "the data").that(len(told) == len(places), seen, "return each item from data[i]")
    return [parts(item) for item in told]


def parts(item):
    image, number, digit, total = expect(item, "data[i]").tuple(4)
    hot = expect(number, "the number of data[i]").array(shape=NUMBER)
    one = hot.sum() == hot.max() == 1 and hot.min() == 0
    hint = "number 7 is [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]: nine zeros and a one"
    expect(number, "the number").that(one, "the number of data[i] is not one-hot", hint)
    told = expect(digit, "the digit of data[i]").number(), expect(total, "the total").number()
    return expect(image, "the image").array(shape=IMAGE), int(hot.argmax()), *told


def pictures(rng, count):
    """Return images and one-hot numbers for a network."""
    numbers = rng.integers(0, 10, count)
    return rng.normal(size=(count, *IMAGE)).astype(np.float32), hot(numbers)


def hot(numbers):
    return np.eye(10, dtype=np.float32)[numbers]


def cross_entropy(logits, answers):
    shifted = logits - logits.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -logs[np.arange(len(answers)), answers]


@question("q1", weight=10)
def test_items(student, rng):
    """data[i] is the image, a one-hot number, the digit and the sum of digit and number"""
    data, images, labels = dataset(student, rng, 12, True)
    expect(length(data), "len(data)").equals(12)
    told = read(data, range(12))
    for place, (image, _, digit, _) in enumerate(told):
        expect(image, "the image").close(images[place], rtol=1e-6)
        expect(digit, "the digit").equals(int(labels[place]))
    # All totals at once: in one item the number may happen to be the digit.
    numbers, totals = (np.array([item[part] for item in told]) for part in (1, 3))
    mistakes = {
        "add the number to the digit": labels,
        "the total is a whole number, not the number alone": numbers,
    }
    expect(totals, "the totals of 12 items").equals(labels + numbers, mistakes)


@question("q2", weight=14)
def test_two_outputs(student, rng):
    """AdderNet gives digits (N, 10) and sums (N, 19)"""
    net = network(student)
    for place, (name, wide) in enumerate((("digits", 10), ("sums", 19))):
        seen = f"the network gives {len(net.outputs)} outputs, two were wanted"
        expect(None, "outputs").that(len(net.outputs) == 2, seen, "return digits, sums")
        shape = net.run(*pictures(rng, 4), output=place).shape
        hint = "from 0 + 0 to 9 + 9 there are 19 sums" if place else "there are ten digits"
        says = f"{name} of 4 images have shape {shape}, (4, {wide}) was wanted"
        expect(None, name).that(shape == (4, wide), says, hint)


@question("q3", weight=5)
def test_the_number_changes_the_sums(student, rng):
    """another number gives other sums for the same image"""
    net, (images, _) = network(student), pictures(rng, 6)
    one, two = (net.run(images, hot(np.full(6, n)), output=1) for n in (2, 7))
    hint = "join number with what the convolutions give: torch.cat([..., number], dim=1)"
    moved = np.abs(one - two).max() > 1e-6
    expect(None, "sums").that(moved, "the sums do not depend on the number", hint)


@question("q4")
def test_loss(student, rng):
    """loss is the cross-entropy of the digits plus that of the sums"""
    for count in (1, 5):
        digits, sums = rng.normal(size=(count, 10)), rng.normal(size=(count, 19))
        digit, total = rng.integers(0, 10, count), rng.integers(0, 19, count)
        one, two = cross_entropy(digits, digit), cross_entropy(sums, total)
        sent = [tensor(x.astype(np.float32)) for x in (digits, sums)]
        got = student.loss(*sent, tensor(digit), tensor(total))
        soft = [np.exp(x) / np.exp(x).sum(axis=1, keepdims=True) for x in (digits, sums)]
        mistakes = {
            "the sums have a loss too: both heads are to learn": one.mean(),
            "the digits have a loss too: both heads are to learn": two.mean(),
            "add the two losses, do not average them": (one.mean() + two.mean()) / 2,
            "take the mean over the batch": one.sum() + two.sum(),
            "give logits to the cross-entropy: it applies the softmax itself": cross_entropy(
                soft[0], digit
            ).mean()
            + cross_entropy(soft[1], total).mean(),
        }
        expect(got, "the loss").close(one.mean() + two.mean(), rtol=1e-5, mistakes=mistakes)


@question("q5", weight=10)
def test_accuracy_of_the_digits(student, files, data, budget):
    """the weights handed in name 97 % of the test digits"""
    reaches(accuracies(student, files, data, budget)[0], budget)


@question("q5", weight=5)
def test_accuracy_of_the_sums(student, files, data, budget):
    """the weights handed in name 90 % of the sums, with numbers of ours"""
    found = accuracies(student, files, data, budget)[1]
    hint = "the sums follow the digits: give the layer that joins them some width"
    expect(None, "sums").that(found >= 90, f"{found:.2f} % of the sums are right", hint)


def accuracies(student, files, data, budget):
    """Return how many digits and sums are right, in per cent."""
    split = data.test(budget.dataset)
    model = student.AdderNet()
    put_weights(model, read_weights(files, "weights.safetensors"))
    numbers = np.random.Generator(np.random.PCG64(5)).integers(0, 10, len(split.labels))
    net, inputs = graph(model, IMAGE, NUMBER), (split.normalised(), hot(numbers))
    wanted = split.labels, split.labels + numbers
    found = [net.run(*inputs, output=place).argmax(axis=1) for place in (0, 1)]
    return [100 * float(np.mean(a == b)) for a, b in zip(found, wanted, strict=True)]


@question("q6")
def test_seven_sections(files):
    """report.md has seven sections, each with ten words or more"""
    words = dict.fromkeys(SECTIONS, 0)
    section = ""
    for line in files.text("report.md").splitlines():
        if line.startswith("#"):
            section = line.strip("# ").split(" ")[0].strip(":.,").capitalize()
        elif section in words:
            words[section] += len(line.split())
    short = [name for name, count in words.items() if count < 10]
    seen = f"{len(SECTIONS) - len(short)} of 7 sections have ten words; {', '.join(short[:3])} not"
    hint = f"write two or three sentences under the heading # {(short or [''])[0]}"
    expect(None, "report.md").that(not short, seen, hint)
