"""Hidden checks of `s04_mnist`: later fields, numbers of the steps, evaluation."""

from autograder.checks import expect, question
from autograder.checks.behaviour import deterministic, gives_logits
from autograder.checks.graph import graph


@question("q4", weight=10)
def test_fields_of_the_later_steps(student, public):
    """FIELDS lists the exact receptive fields of Step2 and Net"""
    public.check_fields(student, "Step2")
    public.check_fields(student, "Net")


@question("q5", weight=5)
def test_the_numbers_of_the_steps(student, public):
    """`parameters` of each step is the number that its network has"""
    steps = expect(student.STEPS, "STEPS").tuple(3)
    for name, step in zip(public.NAMES, steps, strict=True):
        told = expect(step, name).mapping(("parameters",))["parameters"]
        want = public.network(student, name).parameters
        mistakes = {
            "count the biases too": want.learned - sum(biases(student, name, public)),
            "batch-norm statistics are no parameters": want.learned + want.statistics,
        }
        hint = f"count again: sum(p.numel() for p in {name}().parameters())"
        got = expect(told, f"parameters of {name}").exact()
        found = next((h for h, wrong in mistakes.items() if got == wrong), hint)
        expect(told, name).that(got == want.learned, f"{name} does not have {told}", found)


def biases(student, name, public):
    """Return the sizes of the biases of convolutions and linear layers of a network."""
    layers = public.network(student, name).layers
    return [
        layer["out"] for layer in layers if layer.numbers.get("bias") and "out" in layer.numbers
    ]


@question("q6", weight=4)
def test_outputs_are_logits(student, rng, public):
    """Net gives a row of ten logits or log-probabilities, the same at every evaluation"""
    net = graph(student.Net(), public.IMAGE)
    deterministic(net)
    gives_logits(net, 10, rng)
