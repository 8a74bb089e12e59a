"""A digit and a number: a network with two inputs and two outputs.

It sees the image of a digit and is told a number from 0 to 9. It answers which digit it sees,
and what digit and number add up to: one of 0, 1, ..., 18. Nobody tells it what adding is. A
sum of 10 is learned from pairs, as an image of a 3 is.
"""

import torch
import torch.nn.functional as F
from torch import nn

NUMBERS = 10
SUMS = 19  # 0 + 0 up to 9 + 9


# ---------------------------------------------------------------- q1: the data


class AdderData(torch.utils.data.Dataset):
    """Images with numbers. `data[i]` is (image, number, digit, total):

    image   the i-th image, as it was given
    number  a one-hot float tensor (10,): which number from 0 to 9 goes with the image
    digit   the i-th label, a whole number
    total   digit + number, a whole number from 0 to 18

    With train=True a new number is drawn each time an item is read; with train=False item i
    has the same number always, drawn once from `seed`.
    """

    def __init__(self, images, labels, train=True, seed=0):
        raise NotImplementedError("write __init__")

    def __len__(self):
        raise NotImplementedError("write __len__")

    def __getitem__(self, index):
        raise NotImplementedError("write __getitem__")


# ---------------------------------------------------------------- q2, q3: the network


class AdderNet(nn.Module):
    """Images (N, 1, 28, 28) and one-hot numbers (N, 10) to two tensors of logits:

    the digits (N, 10), which do not depend on the number, and the sums (N, 19).
    """

    def __init__(self):
        super().__init__()
        raise NotImplementedError("write __init__")

    def forward(self, image, number):
        raise NotImplementedError("write forward")


# ---------------------------------------------------------------- q4: the loss


def loss(digits, sums, digit, total):
    """Return the loss of a batch: the cross-entropy of the digits plus that of the sums.

    `digits` (N, 10) and `sums` (N, 19) are logits, `digit` and `total` (N,) the right answers.
    """
    raise NotImplementedError("write loss")


# ---------------------------------------------------------------- q5: training


def train(model, data, budget):
    """Train the model with `data` inside the budget; `grade train` calls it.

    `data.batches(size)` yields (images, labels); the numbers are yours to draw.
    `data.evaluate(m)` measures how often m(images), (N, 10), has its largest entry at the digit.
    """
    raise NotImplementedError("write train")
