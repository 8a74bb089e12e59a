"""Four ways to normalise feature maps, and three networks that differ in nothing else.

A batch of feature maps x has shape (N, C, H, W): examples, channels, rows, columns. A norm
divides its numbers into sets, gives every set mean 0 and variance 1, and then lets each
channel choose its own spread gamma and centre beta. Which numbers form a set is all that
sets the four norms apart.

Sources: Ioffe and Szegedy 2015 (batch), Ba, Kiros and Hinton 2016 (layer), Ulyanov, Vedaldi
and Lempitsky 2016 (instance), Wu and He 2018 (group).
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# ------------------------------------------------------------- q1 and q2: on paper

GROUPS = 2
X = np.array(
    [
        [[[3, 4], [4, 3]], [[5, 8], [4, 5]], [[-2, 6], [1, -3]], [[11, -1], [2, 6]]],
        [[[1, 0], [1, 4]], [[6, 13], [10, 1]], [[15, 0], [4, 7]], [[3, 4], [0, 3]]],
    ]
)

# Dicts with the keys "bn", "ln", "gn" and "in": one number for each set. The shapes are (4,),
# (2,), (2, 2) and (2, 4). The variances are those with 1/m, and eps is 0.
MEANS = None  # your answer
VARIANCES = None  # your answer

# X normalised, for each of the four keys: shape (2, 4, 2, 2), with gamma 1 and beta 0.
OUTPUTS = None  # your answer


# ------------------------------------------------------------- q3: as functions, in numpy


def batch_norm(x, gamma, beta, eps):
    """Normalise each channel over all examples, rows and columns, as in training.

    x: (N, C, H, W). gamma, beta: (C,). out = gamma (x - mean) / sqrt(var + eps) + beta, with
    the variance 1/m. Returns out: (N, C, H, W).
    """
    raise NotImplementedError("write batch_norm")


def layer_norm(x, gamma, beta, eps):
    """Normalise each example over all of its channels, rows and columns. Shapes as above."""
    raise NotImplementedError("write layer_norm")


def group_norm(x, groups, gamma, beta, eps):
    """Normalise each of `groups` groups of neighbouring channels of each example on its own."""
    raise NotImplementedError("write group_norm")


def instance_norm(x, gamma, beta, eps):
    """Normalise each channel of each example on its own. Shapes as above."""
    raise NotImplementedError("write instance_norm")


# ------------------------------------------------------------- q4 and q5: one switch


def make_norm(kind, channels, groups):
    """Return a module that normalises (N, channels, H, W): kind is "bn", "ln" or "gn".

    Each has one gamma and one beta for each channel. `groups` matters to "gn" only. Raises
    ValueError for any other kind.
    """
    raise NotImplementedError("write make_norm")


class Net(nn.Module):
    """A network for images (N, 1, 28, 28), ten logits, fewer than 20,000 parameters.

    `norm` is "bn", "ln" or "gn", the kind of all of its norms; nothing else depends on it.
    """

    def __init__(self, norm="bn"):
        super().__init__()
        raise NotImplementedError("write __init__")

    def forward(self, x):
        """Return the logits (N, 10) of images (N, 1, 28, 28)."""
        raise NotImplementedError("write forward")


# ------------------------------------------------------------- q6: the L1 penalty


def l1_penalty(model):
    """Return the sum of |w| over all weights of convolutions and linear layers, as a tensor.

    With the layers of torch, these are the parameters with two axes or more. Biases, gammas
    and betas are left out.
    """
    raise NotImplementedError("write l1_penalty")


def l1_strength(norm):
    """Return the factor of the penalty: above 0 for "bn", and 0 for "ln" and "gn"."""
    raise NotImplementedError("write l1_strength")


def train_step(model, optimizer, images, labels, l1=0.0):
    """Take one step on one batch and return its loss: mean cross-entropy + l1 · penalty."""
    raise NotImplementedError("write train_step")


# ------------------------------------------------------------- q7 and q8: three curves

NORMS = ("bn", "ln", "gn")


class Three(nn.Module):
    """The three networks as one module, so that they are trained and saved together."""

    def __init__(self):
        super().__init__()
        self.bn, self.ln, self.gn = (Net(norm) for norm in NORMS)

    def forward(self, x):
        """Return the mean of the three networks' log-probabilities, (N, 10): their vote."""
        return sum(F.log_softmax(net(x), 1) for net in (self.bn, self.ln, self.gn)) / 3


def curves(history):
    """Return {"bn": [...], "ln": [...], "gn": [...]}: the accuracy after each epoch, per cent.

    `history` is that of training.json: a list of dicts with the key "accuracy", three in a row
    for each epoch, in the order of NORMS.
    """
    raise NotImplementedError("write curves")


def train(model, data, budget):
    """Train a `Three` for `budget.epochs` epochs; `python grade.py train s05_norms` calls it.

    Every batch goes to all three networks. After each epoch, each of them is evaluated, in the
    order of NORMS: `data.note(loss=...)` with its mean loss, then `data.evaluate(...)`.
    """
    raise NotImplementedError("write train")
