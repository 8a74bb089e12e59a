"""MNIST at 99.4 % with fewer than 20,000 parameters and fewer than 20 epochs.

Sixty thousand handwritten digits, 28 x 28 pixels, one channel. A first network for them often
has millions of parameters, nearly all in a linear layer over flattened maps. Averaging each
map to one number (global average pooling) removes that layer; batch norm lets the learning
rate be large; a little dropout keeps the last digits honest.
"""

import torch
import torch.nn.functional as F
from torch import nn

# BEGIN SOLUTION
DROPOUT = 0.05  # a net this small forgets more than it overfits: a little is enough


def conv(inputs, outputs, padding=1):
    """Return 3 x 3 convolution, batch norm, ReLU, dropout."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
        nn.Dropout(DROPOUT),
    )


# END SOLUTION


class Net(nn.Module):
    """Images (N, 1, 28, 28) to logits (N, 10)."""

    def __init__(self):
        super().__init__()
        # BEGIN SOLUTION
        self.features = nn.Sequential(
            conv(1, 12),  # 28
            conv(12, 16),
            nn.MaxPool2d(2),  # 14
            conv(16, 24),
            conv(24, 24),
            nn.MaxPool2d(2),  # 7
            conv(24, 32, padding=0),  # 5
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classify = nn.Linear(32, 10)
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        return self.classify(self.pool(self.features(x)).flatten(1))
        # END SOLUTION


def train_step(model, optimizer, images, labels):
    """Take one step of the optimiser on one batch and return the loss, a tensor."""
    # BEGIN SOLUTION
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss
    # END SOLUTION


def train(model, data, budget):
    """Train the model with `data` inside the budget; `grade train` calls it.

    `data.batches(size, shift=, scale=, rotate=)` yields one epoch of batches, augmented by
    moves of some pixels, a scale and a turn in degrees; `data.evaluate(net)` measures the
    accuracy on the test images; `budget.epochs` is how many epochs there are.
    """
    # BEGIN SOLUTION
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.2, momentum=0.9, nesterov=True, weight_decay=1e-4
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=0.2,
        total_steps=budget.epochs * data.steps(128),
        pct_start=0.2,
        final_div_factor=1000,
    )
    for _ in range(budget.epochs):
        model.train()
        for images, labels in data.batches(128, shift=2, scale=0.06, rotate=8):
            loss = train_step(model, optimizer, images, labels)
            schedule.step()
            data.note(loss=loss, lr=schedule.get_last_lr()[0])
        data.evaluate(model)
    # END SOLUTION
