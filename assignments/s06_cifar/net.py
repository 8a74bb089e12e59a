"""CIFAR-10 with fewer than 200,000 parameters, without pooling.

Five thousand photographs of each of ten things, 32 x 32 pixels. Three ideas replace the
poolings of older networks: a stride of 2 shrinks the map and learns how, a dilated kernel
sees further at the price of a small one, and a depthwise-separable layer splits a
convolution into one part that looks around and one part that mixes channels.
"""

import torch
import torch.nn.functional as F
from torch import nn

# q3: the receptive field of the last map before the global average pooling, in pixels
RECEPTIVE_FIELD = None  # your answer


def conv(inputs, outputs, kernel=3, stride=1, dilation=1, groups=1):
    """Return a convolution that keeps the size (but for its stride), a batch norm and a ReLU."""
    raise NotImplementedError("write conv")


class Net(nn.Module):
    """Images (N, 3, 32, 32) to logits (N, 10)."""

    def __init__(self):
        super().__init__()
        raise NotImplementedError("write __init__")

    def forward(self, x):
        raise NotImplementedError("write forward")


# ---------------------------------------------------------------- q7: augmentation
# Images arrive normalised, so 0 is the mean of the data set. `draw` is a torch.Generator:
# take every random number from it.


def flip(images, draw):
    """Return images (N, 3, H, W), each mirrored left to right with probability one half."""
    raise NotImplementedError("write flip")


def shift(images, draw, most=4):
    """Return images moved by up to `most` pixels up or down and left or right, 0 moved in."""
    raise NotImplementedError("write shift")


def cutout(images, draw, size=16):
    """Return images with one hole of size x size each, filled with 0.

    The middle of the hole is anywhere in the image, so that a border may cut it.
    """
    raise NotImplementedError("write cutout")


# ---------------------------------------------------------------- training


def train_step(model, optimizer, images, labels):
    """Take one step of the optimiser on one batch and return the loss, a tensor."""
    raise NotImplementedError("write train_step")


def train(model, data, budget):
    """Train the model with `data` inside the budget; `grade train` calls it.

    `data.batches(size, crop=, flip=, cutout=)` yields one epoch of augmented batches,
    `data.evaluate(net)` measures the accuracy on the test images.
    """
    raise NotImplementedError("write train")
