"""Public checks of `lenet`: shapes, counts, modes, one training step, the trained weights."""

from dataclasses import replace

import numpy as np

from autograder.checks import CheckFailed, expect, question
from autograder.checks.architecture import same_function
from autograder.checks.behaviour import deterministic, gives_logits
from autograder.checks.graph import graph
from autograder.checks.shelf import put_weights, reaches
from autograder.checks.steps import steps_downhill
from autograder.checks.weights import read_weights

IMAGE = (3, 32, 32)
PLAIN, NORMED = 62_006, 62_050
RATE = 0.3
ASKED = ("layer", "dropout", "gap")
DROPOUTS = ("dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout")
NO_PADDING = "no padding: the sides go 32, 28, 14, 10, 5, so fc1 reads 16 * 5 * 5 = 400 numbers"
CHANNELS = "a batch norm counts channels, not pixels: 6 after the first pooling, then 16"
FLAT = "flatten the maps first: torch.flatten(x, 1), or x.view(len(x), -1)"
# What torch says when shapes do not fit, and what that means here.
SAYS = {
    "shapes cannot be multiplied": NO_PADDING,
    "is invalid for input of size": NO_PADDING,
    "running_mean should contain": CHANNELS,
    "expected 4D input": "nn.BatchNorm2d normalises maps: it stands before they are flattened",
    "expected 2D or 3D input": "for maps of shape (N, C, H, W), use nn.BatchNorm2d",
    "'view' is not defined": FLAT,
    "'flatten' is not defined": FLAT,
}


def record(model, training=False):
    """Return a model's graph; where its pass raises, the hint says what that means here."""
    try:
        return graph(model, IMAGE, training=training)
    except Exception as failure:
        found = getattr(failure, "finding", None)
        hint = next((h for said, h in SAYS.items() if found and said in found.message), "")
        if not hint:
            raise
        raise CheckFailed(replace(found, hint=hint)) from None


def counted(net, want, name, mistakes):
    """Fail unless all tensors of a network hold `want` numbers, and each of them is used."""
    found = net.parameters
    for layer, size in found.unused.items():
        hint = "remove what forward does not use: it is counted, saved and never trained"
        expect(layer, name).that(False, f"{layer} ({size} numbers) is never used", hint)
    expect(found.total, f"the number of parameters of {name}").equals(want, mistakes)


@question("q1")
def test_images_give_logits(student, rng):
    """LeNet() turns each image of 3 x 32 x 32 into ten logits"""
    gives_logits(record(student.LeNet()), 10, rng)


@question("q1")
def test_plain_parameters(student):
    """LeNet() has 62,006 parameters, and uses each of them"""
    mistakes = {
        NO_PADDING: PLAIN + 120 * (576 - 400),
        "no padding: the sides go 32, 28, 14, 10, 5": PLAIN + 120 * (1024 - 400),
        "the convolutions have biases too": PLAIN - 6 - 16,
        "the fully connected layers have biases too": PLAIN - 120 - 84 - 10,
        "every layer has biases": PLAIN - 6 - 16 - 120 - 84 - 10,
        "an image has three channels": PLAIN - 2 * 6 * 25,
        "put batch norm in only where `bn` is true": NORMED,
    }
    counted(record(student.LeNet()), PLAIN, "LeNet()", mistakes)


@question("q2")
def test_normed_parameters(student):
    """LeNet(bn=True) has 62,050 parameters: a scale and a shift for each of 6 and 16 maps"""
    net = record(student.LeNet(bn=True))
    norms = [layer for layer in net.layers if layer.kind == "batch_norm"]
    says = "leave `affine` as it is: a batch norm learns a scale and a shift for each map"
    mistakes = {
        says if norms else "LeNet(bn=True) holds no batch norm: look at the switch": PLAIN,
        "there are two: one after each pooling": PLAIN + 12,
        "there are two: one after each of the poolings": PLAIN + 32,
        "the norms stand after the poolings only": NORMED + 2 * (120 + 84),
        "nn.BatchNorm2d after the pooling, not nn.BatchNorm1d after flattening": PLAIN + 12 + 800,
    }
    counted(net, NORMED, "LeNet(bn=True)", mistakes)


@question("q3")
def test_dropouts(student):
    """LeNet(drop=True) drops twice, 0.3 of the outputs each time, and LeNet() never"""
    layers = record(student.LeNet(drop=True), training=True).layers
    found = [layer for layer in layers if layer.kind in DROPOUTS]
    for layer in found:
        hint = "use nn.Dropout: it drops single numbers, nn.Dropout2d whole maps"
        seen = f"a {layer.kind.replace('_', ' ')} is used, dropout was wanted"
        expect(layer.kind, "the kind of dropout").that(layer.kind == "dropout", seen, hint)
        rate = "the number is the share that is dropped, not the share that is kept"
        mistakes = {rate: 1 - RATE, "the rate is 0.3, torch takes 0.5 unless it is told": 0.5}
        expect(layer["p"], "the rate of a dropout").close(RATE, 1e-6, mistakes=mistakes)
    mistakes = {
        "drop after the first two fully connected layers: once is not enough": 1,
        "LeNet(drop=True) holds no dropout: look at the switch": 0,
    }
    expect(len(found), "the number of dropouts").equals(2, mistakes)
    plain = record(student.LeNet(), training=True).layers
    asked = {"put dropout in only where `drop` is true": 2}
    count = sum(layer.kind in DROPOUTS for layer in plain)
    expect(count, "the number of dropouts of LeNet()").equals(0, asked)


@question("q4")
def test_evaluation_mode(student):
    """in evaluation mode nothing is random, and dropout changes nothing at all"""
    normed, dropped = record(student.LeNet(bn=True)), record(student.LeNet(drop=True))
    deterministic(normed, "LeNet(bn=True)")
    deterministic(dropped, "LeNet(drop=True)")
    plain = record(student.LeNet())
    try:
        same_function(dropped, plain, name="LeNet(drop=True)")
    except CheckFailed as failure:
        found = failure.finding
        alike = "the same layers" in found.message
        hint = "torch scales in training: in evaluation mode leave the outputs alone"
        says = f"in evaluation mode LeNet(drop=True) is not LeNet(): {found.message}"
        raise CheckFailed(
            replace(found, message=says, hint=hint if alike else found.hint)
        ) from None


@question("q5")
def test_training_step(student, rng):
    """train_step does one step of gradient descent on the mean cross-entropy of its batch"""
    steps_downhill(student.train_step, rng)


def _has_rate(group):
    return isinstance(group, dict) and "lr" in group


@question("q5")
def test_learning_rate(student, rng):
    """make_optimizer uses the learning rate that it is given"""
    model = student.LeNet()
    rates = [round(float(rate), 4) for rate in rng.uniform(0.01, 0.2, 2)]
    found = []
    for rate in rates:
        groups = expect(student.make_optimizer(model, rate).param_groups, "param_groups").got
        name = "what make_optimizer gives"
        listed = isinstance(groups, list) and groups and all(_has_rate(group) for group in groups)
        expect(groups, name).that(listed, f"{name} is no optimizer of torch.optim")
        found.append([expect(group["lr"], "the learning rate").number() for group in groups])
    hint = "hand the argument on: torch.optim.SGD(model.parameters(), lr=lr, ...)"
    for rate, got in zip(rates, found, strict=True):
        mistakes = {hint: np.array(found[0])} if found[0] == found[1] else {}
        expect(got, "the learning rate").close([rate] * len(got), 1e-6, mistakes=mistakes)


def trained(student, files):
    """Return my_lenet() with the weights handed in, as a graph; fails unless it is a LeNet."""
    weights = read_weights(files, "weights.safetensors")
    model = student.my_lenet()
    net = record(model)
    normed = any(layer.kind == "batch_norm" for layer in net.layers)
    try:
        same_function(net, record(student.LeNet(bn=normed)), name="my_lenet()")
    except CheckFailed as failure:
        hint = "return one of your variants: LeNet(), with the switches that you like"
        raise CheckFailed(replace(failure.finding, hint=hint)) from None
    put_weights(model, weights)
    return record(model)


@question("q6")
def test_accuracy(student, files, data, budget):
    """my_lenet() with weights.safetensors is right on 60 % of the test images"""
    found = data.accuracy(trained(student, files), budget.dataset)
    data.compare_claim(files, found)
    reaches(found, budget)


@question("q7")
def test_choices_and_the_largest_layer(student):
    """CHOICES has a letter for each of the three, and the largest layer is named rightly"""
    choices = expect(student.CHOICES, "CHOICES").mapping(ASKED)
    for key in ASKED:
        letter = expect(choices[key], key).text().strip("(). :\n").lower()
        expect(letter, key).that(letter in set("abcd"), f"{key} is one letter from a to d")
    net = record(student.LeNet())
    sizes = [layer["in"] * layer["out"] for layer in net.layers if layer.kind == "linear"]
    convs = [x["in"] * x["out"] * 25 for x in net.layers if x.kind == "conv"]
    asked = [*convs[:2], *sizes[:1], *sizes[-1:]]
    largest = "abcd"[asked.index(max(asked))] if len(asked) == 4 else ""
    hint = "count: inputs x outputs x kernel, and a fully connected layer has a kernel of one"
    picked = choices["layer"].strip("(). :\n").lower()
    expect(picked, "layer").choice(largest, {hint: picked})
