"""Everything around the network: the images on their way in, the training, the test.

`report.ipynb` imports from here and defines nothing itself.
"""

import torch
import torch.nn.functional as F
from gradcam import gradcam, misclassified
from resnet import ResNet18, ResNet34

__all__ = [
    "ResNet18",
    "ResNet34",
    "crop",
    "cutout",
    "evaluate",
    "gradcam",
    "misclassified",
    "train",
    "train_step",
    "transform",
]

# ------------------------------------------------------------- q3: the images on their way in
# Images are batches (N, C, H, W), normalised: 0 is the mean of the data set, so a border or a
# hole of zeros is grey and not black. `crop` and `cutout` are told where; `transform` draws.


def crop(images, places, margin=4):
    """Return images cut out of the zero-padded ones, of the same size as before.

    Each image gets `margin` zeros on every side. places (N, 2), integers from 0 to 2 * margin,
    hold for each image the row and the column where its cut begins: margin, margin changes
    nothing.
    """
    raise NotImplementedError("write crop")


def cutout(images, middles, size=16):
    """Return images with one hole of zeros each, through all channels.

    middles (N, 2) hold the row r and the column c of each hole: it covers the rows from
    r - size // 2 up to and without r - size // 2 + size, and columns likewise. What would lie
    outside of the image is not there (DeVries and Taylor, 2017).
    """
    raise NotImplementedError("write cutout")


def transform(images, training):
    """Return the images as the network gets them.

    In training: a random crop after padding by 4, then a hole of 16 x 16 whose middle is any
    pixel, both drawn evenly and anew for each image. Else: the images as they are.
    """
    raise NotImplementedError("write transform")


# ------------------------------------------------------------- q4: training and test


def train_step(model, optimizer, images, labels):
    """Take one step of the optimizer on one batch; return the loss: the mean cross-entropy."""
    raise NotImplementedError("write train_step")


def evaluate(model, batches):
    """Return (loss, accuracy) over all images: the mean cross-entropy, and per cent.

    `batches` yields (images, labels); the last batch may be smaller, and every image counts
    the same. The model is put into evaluation mode, and nothing is trained.
    """
    raise NotImplementedError("write evaluate")


# ------------------------------------------------------------- q7: a trained network


def train(model, data, budget):
    """Train `model` for `budget.epochs` epochs; `python grade.py train s07_resnet18` calls it.

    `data.batches(size, flip=False)` yields one epoch of (images, labels), shuffled and
    normalised; `flip` mirrors half of them at random. `data.steps(size)` says how many batches
    that is. `data.note(loss=, lr=)` feeds the live line, `data.evaluate(net)` returns the
    accuracy on held-out images in per cent.
    """
    raise NotImplementedError("write train")
