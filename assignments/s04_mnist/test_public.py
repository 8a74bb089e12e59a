"""Public checks of `s04_mnist`: budgets, the last epochs, fields, steps."""

from autograder.checks import expect, question
from autograder.checks.graph import fields, graph, graph_or_opaque, last_map
from autograder.checks.shelf import fewer, put_weights, reaches
from autograder.checks.steps import steps_downhill
from autograder.checks.training import read_training
from autograder.checks.weights import read_weights

IMAGE = (1, 28, 28)
NAMES = ("Step1", "Step2", "Net")
LAST = 3  # epochs that count
LOWEST = f"the lowest accuracy of the weights and the last {LAST} epochs"
SPATIAL = ("conv", "max_pool", "avg_pool")


def network(student, name):
    """Return one of the three networks as a graph."""
    make = {"Step1": lambda: student.Step1, "Step2": lambda: student.Step2}
    return graph(make.get(name, lambda: student.Net)()(), IMAGE)


def kernels(net):
    """Return (kernel, stride, dilation) of each layer that looks around, up to the last map."""
    layers = net.layers[: last_map(net) + 1]
    found = [layer for layer in layers if layer.kind in SPATIAL]
    return [(x["kernel"][0], x["stride"][0], x.numbers.get("dilation", (1,))[0]) for x in found]


def walk(layers, grow):
    """Return the field after each layer; `grow(field, jump, layer)` gives the next of both."""
    field, jump, found = 1, 1, []
    for layer in layers:
        field, jump = grow(field, jump, layer)
        found.append(field)
    return found


def check_fields(student, name):
    """Compare FIELDS[name] with the fields of that network."""
    net = network(student, name)
    exact, places = fields(net), range(last_map(net) + 1)
    want = [exact[n].size[0] for n in places if net.layers[n].kind in SPATIAL]
    layers = kernels(net)
    pools = [net.layers[n].kind != "conv" for n in places if net.layers[n].kind in SPATIAL]
    doubled = walk(
        zip(layers, pools, strict=True),
        lambda f, j, x: (2 * f, j) if x[1] else (f + x[0][0] - 1, j),
    )
    mistakes = {
        "a pooling adds one jump; it does not double the field": doubled,
        "a stride spreads the layers after it: keep a jump": walk(
            layers, lambda f, j, x: (f + (x[0] - 1) * x[2], j)
        ),
        "a stride counts for the layers after it, not for its own": walk(
            layers, lambda f, j, x: (f + (x[0] - 1) * x[2] * j * x[1], j * x[1])
        ),
    }
    told = expect(student.FIELDS, "FIELDS").mapping(NAMES)[name]
    expect(told, f'FIELDS["{name}"]').equals(want, mistakes)


@question("q1")
def test_the_budget_holds(student, budget):
    """all tensors of Net but batch-norm statistics hold fewer than 10,000 numbers, or 8,000"""
    fewer(network(student, "Net"), budget.parameters, better=8000, share=2 / 3)


@question("q2")
def test_epochs(files, budget):
    """training.json tells of at most 15 epochs"""
    told = read_training(files, "training.json")["epochs"]
    seen = f"training.json tells of {told:g} epochs, at most {budget.epochs} were wanted"
    hint = "loop over range(budget.epochs) and train again"
    expect(told, "epochs").that(0 < told <= budget.epochs, seen, hint)


@question("q3")
def test_accuracy_of_the_last_epochs(student, files, data, budget):
    """the weights handed in and each of the last three epochs reach 99.4 % on the test images"""
    model = student.Net()
    put_weights(model, read_weights(files, "weights.safetensors"))
    found = data.accuracy(graph_or_opaque(model, IMAGE), budget.dataset)
    told = read_training(files, "training.json")
    data.compare_claim(files, found)
    rows = told["history"][-LAST:]
    few = f"training.json has {len(rows)} epochs in its history, {LAST} are needed"
    expect(rows, "history").that(len(rows) == LAST, few, "call data.evaluate after every epoch")
    reaches(min(found, *(row["accuracy"] for row in rows)), budget, LOWEST)


@question("q4", weight=5)
def test_fields_of_the_first_step(student):
    """FIELDS["Step1"] lists the exact receptive field after each convolution and pooling"""
    check_fields(student, "Step1")


@question("q5", weight=10)
def test_three_steps(student):
    """STEPS has three steps, each with a target, a result and an analysis in words"""
    steps = expect(student.STEPS, "STEPS").tuple(3)
    for number, step in enumerate(steps, 1):
        name = f"step {number}"
        keys = ("target", "result", "analysis", "parameters", "accuracy")
        told = expect(step, name).mapping(keys)
        for key in keys[:3]:
            text = expect(told[key], f"{key} of {name}").text()
            seen = f"the {key} of {name} has {len(text.split())} words"
            hint = "write it as a sentence: what you wanted, measured, concluded"
            expect(text, name).that(len(text.split()) >= 4, seen, hint)


@question("q6", weight=6)
def test_one_step_is_gradient_descent(student, rng):
    """train_step(model, optimizer, images, labels) takes one plain step down the mean loss"""
    steps_downhill(student.train_step, rng)
