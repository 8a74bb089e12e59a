"""A residual network for CIFAR-10, trained in one cycle of the learning rate.

Images are 3 x 32 x 32, normalised by the mean and standard deviation of each channel. The
parts stand on their own: a block, a network, a schedule, a range test, an augmentation, a
step, an epoch. `train` at the end only puts them together.
"""

import copy

import torch
import torch.nn.functional as F
from torch import nn

EPOCHS, PEAK_EPOCH = 24, 5  # the cycle: up in 5 epochs, down in the other 19
BATCH = None  # your answer

# ------------------------------------------------------------- q1, q5: the network


class ResBlock(nn.Module):
    """Maps (N, channels, H, W) to the same shape: x + layers(x).

    The layers are twice: conv 3 x 3 - batch norm - ReLU.
    """

    def __init__(self, channels):
        super().__init__()
        raise NotImplementedError("write __init__")

    def forward(self, x):
        raise NotImplementedError("write forward")


class CustomResNet(nn.Module):
    """Images (N, 3, 32, 32) to logits (N, classes); the handout lists the layers.

    `width` is the number of channels of the first layer; later ones have 2, 4 and 8 times
    as many. A narrow network is for trying things out.
    """

    def __init__(self, width=64, classes=10):
        super().__init__()
        raise NotImplementedError("write __init__")

    def forward(self, x):
        raise NotImplementedError("write forward")


# ------------------------------------------------------------- q2: the schedule

# The smallest and the largest learning rate, as your range test suggests them.
LR_MIN = None  # your answer
LR_MAX = None  # your answer


def make_schedule(optimizer, steps_per_epoch):
    """Return a schedule whose `step()` is called after every batch of EPOCHS epochs.

    It starts at LR_MIN, reaches LR_MAX at the end of epoch PEAK_EPOCH, and is back at LR_MIN
    with the last batch.
    """
    raise NotImplementedError("write make_schedule")


# ------------------------------------------------------------- q6: one step, one epoch


def make_optimizer(model):
    """Return an optimizer of torch.optim for all parameters of `model`."""
    raise NotImplementedError("write make_optimizer")


def train_step(model, optimizer, images, labels):
    """Take one step on one batch; return its loss before the step: the mean cross-entropy."""
    raise NotImplementedError("write train_step")


def train_epoch(model, optimizer, schedule, batches):
    """Train on every (images, labels) of `batches`, in order; return the mean of the losses.

    The model is put into training mode. After each batch the schedule takes one step.
    """
    raise NotImplementedError("write train_epoch")


# ------------------------------------------------------------- q3: the range test


def range_test(model, optimizer, batches, low, high):
    """Train one step on each of a list of batches, each at a higher rate; return what was lost.

    The rates go from `low` to `high` by a constant factor. Returns (rates, losses): batch k
    was trained on at rates[k], and losses[k] is its loss before that step. Afterwards the
    weights and the optimizer are as they were.
    """
    raise NotImplementedError("write range_test")


def suggest_rate(rates, losses):
    """Return the rate at which the loss falls fastest, drawn over the logarithm of the rate."""
    raise NotImplementedError("write suggest_rate")


# ------------------------------------------------------------- q4: augmentation


def augment(images, generator):
    """Return images (N, 3, 32, 32), each cropped, mirrored and cut out in a way of its own.

    In this order: zeros around, 4 on each side, and a random 32 x 32 crop; mirrored left to
    right with probability one half; one 8 x 8 hole of zeros. `generator` is a torch.Generator
    on the CPU: every random number comes from it.
    """
    raise NotImplementedError("write augment")


# ------------------------------------------------------------- all of it together


def train(model, data, budget):
    """Train `model` in place; `python grade.py train s08_custom_resnet` calls it.

    `data.batches(size)` yields one epoch of (images, labels), shuffled and not augmented;
    `data.steps(size)` says how many batches that is. `data.note(loss=, lr=)` feeds the live
    line, `data.evaluate` returns a model's accuracy on held-out images in per cent.
    """
    raise NotImplementedError("write train")
