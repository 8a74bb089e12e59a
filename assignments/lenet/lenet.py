"""LeNet on CIFAR-10: a small network, batch normalisation, dropout, and how it is trained.

Images are 3 x 32 x 32, normalised by the mean and standard deviation of each channel. One
network with two switches gives three variants to compare: plain, `bn=True`, and `drop=True`,
alone or with `bn=True`.
"""

import torch
import torch.nn.functional as F
from torch import nn

# ------------------------------------------------------------- q1 to q4: the network


class LeNet(nn.Module):
    """Two convolutions and three fully connected layers: images (N, 3, 32, 32) to logits.

    conv 5 x 5 (6 maps) - ReLU - max pooling 2 x 2 - conv 5 x 5 (16 maps) - ReLU - max pooling
    2 x 2 - fully connected 120 - ReLU - fully connected 84 - ReLU - fully connected n_classes.
    No padding, biases everywhere. `bn` puts a batch norm right after each pooling, `drop` a
    dropout of rate 0.3 after each of the first two fully connected layers.
    """

    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__()
        raise NotImplementedError("write __init__")

    def forward(self, x):
        """Return the logits (N, n_classes) of images (N, 3, 32, 32)."""
        raise NotImplementedError("write forward")


# ------------------------------------------------------------- q5: the training loop


def make_optimizer(model, lr):
    """Return an optimizer of torch.optim for all parameters of `model`, with learning rate `lr`."""
    raise NotImplementedError("write make_optimizer")


def train_step(model, optimizer, images, labels):
    """Take one step on one batch and return its loss: the mean cross-entropy."""
    raise NotImplementedError("write train_step")


# ------------------------------------------------------------- q6: a trained network


def my_lenet():
    """Return the variant that is trained: a LeNet for ten classes, switches as you like."""
    raise NotImplementedError("write my_lenet")


def train(model, data, budget):
    """Train `model` in place for `budget.epochs` epochs; `python grade.py train lenet` calls it.

    `data.batches(size, crop=0, flip=False)` yields one epoch of (images, labels), shuffled;
    `data.steps(size)` says how many batches that is. `data.note(loss=, lr=)` feeds the live
    line; `data.evaluate`, given the model, tests it in evaluation mode, sets the mode back and
    returns the accuracy in per cent.
    """
    raise NotImplementedError("write train")


# ------------------------------------------------------------- q7: what it means
# One letter for each of "layer", "dropout" and "gap"; the choices are in the handout.
CHOICES = None  # your answer
