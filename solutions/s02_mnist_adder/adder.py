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
        # BEGIN SOLUTION
        self.images, self.labels, self.train = images, labels, train
        draw = torch.Generator().manual_seed(seed)
        self.fixed = torch.randint(0, NUMBERS, (len(labels),), generator=draw)
        # END SOLUTION

    def __len__(self):
        # BEGIN SOLUTION
        return len(self.labels)
        # END SOLUTION

    def __getitem__(self, index):
        # BEGIN SOLUTION
        fresh = int(torch.randint(0, NUMBERS, (1,)))
        number = fresh if self.train else int(self.fixed[index])
        digit = int(self.labels[index])
        one_hot = F.one_hot(torch.tensor(number), NUMBERS).float()
        return self.images[index], one_hot, digit, digit + number
        # END SOLUTION


# ---------------------------------------------------------------- q2, q3: the network


class AdderNet(nn.Module):
    """Images (N, 1, 28, 28) and one-hot numbers (N, 10) to two tensors of logits:

    the digits (N, 10), which do not depend on the number, and the sums (N, 19).
    """

    def __init__(self):
        super().__init__()
        # BEGIN SOLUTION
        self.see = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        self.digit = nn.Linear(32, 10)
        self.join = nn.Sequential(nn.Linear(10 + NUMBERS, 64), nn.ReLU(), nn.Linear(64, SUMS))
        # END SOLUTION

    def forward(self, image, number):
        # BEGIN SOLUTION
        digits = self.digit(self.see(image))
        # What the network believes of the digit meets the number here.
        return digits, self.join(torch.cat([digits.softmax(1), number], dim=1))
        # END SOLUTION


# ---------------------------------------------------------------- q4: the loss


def loss(digits, sums, digit, total):
    """Return the loss of a batch: the cross-entropy of the digits plus that of the sums.

    `digits` (N, 10) and `sums` (N, 19) are logits, `digit` and `total` (N,) the right answers.
    """
    # BEGIN SOLUTION
    return F.cross_entropy(digits, digit) + F.cross_entropy(sums, total)
    # END SOLUTION


# ---------------------------------------------------------------- q5: training


# BEGIN SOLUTION
class Digits(nn.Module):
    """The network's first output alone, with the number 0: what `evaluate` can measure."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, images):
        zeros = torch.zeros(len(images), NUMBERS, device=images.device)
        return self.model(images, zeros)[0]


# END SOLUTION
def train(model, data, budget):
    """Train the model with `data` inside the budget; `grade train` calls it.

    `data.batches(size)` yields (images, labels); the numbers are yours to draw.
    `data.evaluate(m)` measures how often m(images), (N, 10), has its largest entry at the digit.
    """
    # BEGIN SOLUTION
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=1e-2, total_steps=budget.epochs * data.steps(128)
    )
    for _ in range(budget.epochs):
        model.train()
        for images, labels in data.batches(128, shift=2):
            numbers = torch.randint(0, NUMBERS, labels.shape, device=labels.device)
            optimizer.zero_grad()
            digits, sums = model(images, F.one_hot(numbers, NUMBERS).float())
            both = loss(digits, sums, labels, labels + numbers)
            both.backward()
            optimizer.step()
            schedule.step()
            data.note(loss=both, lr=schedule.get_last_lr()[0])
        data.evaluate(Digits(model))
    # END SOLUTION
