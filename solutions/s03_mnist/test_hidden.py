"""Hidden checks of `s03_mnist`: what stands behind the pooling, evaluation, outputs."""

from autograder.checks import question
from autograder.checks.behaviour import deterministic, gives_logits
from autograder.checks.graph import graph


@question("q2", weight=6)
def test_a_linear_layer_follows_the_pooling(student, public):
    """a linear layer (or a 1 x 1 convolution) turns the averages into classes"""
    layers = graph(student.Net(), public.IMAGE).layers
    pools = [n for n, layer in enumerate(layers) if layer.kind == "global_average"]
    behind = layers[pools[-1] + 1 :] if pools else layers
    mixing = [layer for layer in behind if layer.kind in ("linear", "conv")]
    hint = "end with nn.Linear(channels, 10) after the global average pooling"
    public.says(mixing or not pools, "no layer with weights follows the pooling", hint)


@question("q5", weight=10)
def test_outputs_are_logits(student, rng, public):
    """Net gives ten logits or log-probabilities for each image, the same at every evaluation"""
    net = graph(student.Net(), public.IMAGE)
    deterministic(net)
    gives_logits(net, 10, rng)
