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
        # BEGIN SOLUTION
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.bn1 = nn.BatchNorm2d(6) if bn else nn.Identity()
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.bn2 = nn.BatchNorm2d(16) if bn else nn.Identity()
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, n_classes)
        self.drop = nn.Dropout(0.3) if drop else nn.Identity()
        # END SOLUTION

    def forward(self, x):
        """Return the logits (N, n_classes) of images (N, 3, 32, 32)."""
        # BEGIN SOLUTION
        x = self.bn1(F.max_pool2d(F.relu(self.conv1(x)), 2))
        x = self.bn2(F.max_pool2d(F.relu(self.conv2(x)), 2))
        x = torch.flatten(x, 1)
        x = self.drop(F.relu(self.fc1(x)))
        x = self.drop(F.relu(self.fc2(x)))
        return self.fc3(x)
        # END SOLUTION


# ------------------------------------------------------------- q5: the training loop


def make_optimizer(model, lr):
    """Return an optimizer of torch.optim for all parameters of `model`, with learning rate `lr`."""
    # BEGIN SOLUTION
    return torch.optim.SGD(
        model.parameters(), lr=lr, momentum=0.9, weight_decay=5e-4, nesterov=True
    )
    # END SOLUTION


def train_step(model, optimizer, images, labels):
    """Take one step on one batch and return its loss: the mean cross-entropy."""
    # BEGIN SOLUTION
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()
    # END SOLUTION


# ------------------------------------------------------------- q6: a trained network


def my_lenet():
    """Return the variant that is trained: a LeNet for ten classes, switches as you like."""
    # BEGIN SOLUTION
    return LeNet(bn=True)
    # END SOLUTION


def train(model, data, budget):
    """Train `model` in place for `budget.epochs` epochs; `python grade.py train lenet` calls it.

    `data.batches(size, crop=0, flip=False)` yields one epoch of (images, labels), shuffled;
    `data.steps(size)` says how many batches that is. `data.note(loss=, lr=)` feeds the live
    line; `data.evaluate`, given the model, tests it in evaluation mode, sets the mode back and
    returns the accuracy in per cent.
    """
    # BEGIN SOLUTION
    size, peak = 128, 0.08
    optimizer = make_optimizer(model, peak)
    steps = budget.epochs * data.steps(size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=steps)
    for _ in range(budget.epochs):
        model.train()
        for images, labels in data.batches(size, crop=2, flip=True):
            loss = train_step(model, optimizer, images, labels)
            data.note(loss=loss, lr=schedule.get_last_lr()[0])
            schedule.step()
        data.evaluate(model)
    # END SOLUTION


# ------------------------------------------------------------- q7: what it means
# One letter for each of "layer", "dropout" and "gap"; the choices are in the handout.
CHOICES = {"layer": "c", "dropout": "a", "gap": "d"}  # SOLUTION
