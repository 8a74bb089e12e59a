"""Public checks of `s03_mnist`: what the network is made of, one training step, its accuracy."""

from autograder.checks import expect, question
from autograder.checks.graph import graph, graph_or_opaque
from autograder.checks.shelf import fewer, put_weights, reaches
from autograder.checks.steps import steps_downhill
from autograder.checks.training import read_training
from autograder.checks.weights import read_weights

IMAGE = (1, 28, 28)


def layers_of(student, *kinds, training=False):
    """Return the layers of some kinds in the student's network."""
    net = graph(student.Net(), IMAGE, training=training)
    return [layer for layer in net.layers if layer.kind in kinds]


def says(condition, message, hint):
    expect(None, "the network").that(condition, message, hint)


@question("q1")
def test_the_budget_holds(student, budget):
    """all tensors but batch-norm statistics hold fewer than 20,000 numbers"""
    fewer(graph(student.Net(), IMAGE), budget.parameters)


@question("q2", weight=4)
def test_batch_norm(student):
    """a batch norm follows at least one convolution, and none follows the last layer"""
    norms = layers_of(student, "batch_norm")
    hint = "add nn.BatchNorm2d(channels) after a convolution"
    says(norms, "the network has no batch norm", hint)
    logits = [layer for layer in norms if layer.size_out == (10,) or layer.size_out[1:] == (1, 1)]
    hint = "leave the logits as the last layer gives them"
    says(not logits, "a batch norm stands behind the last layer", hint)


@question("q2", weight=4)
def test_dropout(student):
    """while training, dropout sets some numbers to 0, fewer than half of them"""
    drops = layers_of(student, "dropout", "feature_dropout", training=True)
    drops = [layer for layer in drops if layer["active"]]
    hint = "add nn.Dropout(p) or nn.Dropout2d(p) with a small p, such as 0.05"
    says(drops, "no dropout is at work while the network trains", hint)
    worst = max(layer["p"] for layer in drops)
    hint = "p is the part that is dropped, not the part that is kept"
    says(worst < 0.5, f"dropout with p = {worst:g} drops half of the numbers or more", hint)


@question("q2", weight=6)
def test_global_average_pooling(student):
    """each map is averaged to one number by a global average pooling"""
    found = layers_of(student, "global_average")
    hint = "average the last map: nn.AdaptiveAvgPool2d(1), or x.mean(dim=(2, 3))"
    says(found, "no map is averaged to one number", hint)


@question("q3")
def test_epochs(files, budget):
    """training.json tells of fewer than 20 epochs"""
    told = read_training(files, "training.json")
    seen = f"training.json tells of {told['epochs']:g} epochs, at most {budget.epochs} were wanted"
    hint = "loop over range(budget.epochs) and train again"
    says(0 < told["epochs"] <= budget.epochs, seen, hint)


@question("q4")
def test_accuracy(student, files, data, budget):
    """the weights handed in reach 99.4 % on the 10,000 test images"""
    tensors = read_weights(files, "weights.safetensors")
    model = student.Net()
    put_weights(model, tensors)
    found = data.accuracy(graph_or_opaque(model, IMAGE), budget.dataset)
    data.compare_claim(files, found)
    reaches(found, budget)


@question("q5", weight=10)
def test_one_step_is_gradient_descent(student, rng):
    """train_step(model, optimizer, images, labels) takes one plain step down the mean loss"""
    steps_downhill(student.train_step, rng)
