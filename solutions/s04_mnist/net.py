"""MNIST at 99.4 % in each of the last epochs, with fewer than 8,000 parameters.

A result that was reached once may be luck; one that stands in every one of the last epochs is
a property of the network. Three steps lead there. Each has a target, a result and an
analysis, and each changes one thing: first a skeleton of the right size, then the norms and
the pooling that make it learn fast, then the training that makes it stay.
"""

import torch
import torch.nn.functional as F
from torch import nn


def conv(inputs, outputs, kernel=3, padding=1, norm=True):
    """Return a convolution without bias, a batch norm (unless norm=False) and a ReLU."""
    # BEGIN SOLUTION
    layers = [nn.Conv2d(inputs, outputs, kernel, padding=padding, bias=not norm)]
    layers += [nn.BatchNorm2d(outputs)] if norm else []
    return nn.Sequential(*layers, nn.ReLU())
    # END SOLUTION


class Step1(nn.Module):
    """The skeleton: images (N, 1, 28, 28) to logits (N, 10), fewer than 10,000 parameters."""

    def __init__(self):
        super().__init__()
        # BEGIN SOLUTION
        self.layers = nn.Sequential(
            conv(1, 8, norm=False),
            conv(8, 16, norm=False),
            nn.MaxPool2d(2),
            conv(16, 8, 1, 0, norm=False),
            conv(8, 16, norm=False),
            nn.MaxPool2d(2),
            conv(16, 8, 7, 0, norm=False),  # one kernel over the whole 7 x 7 map
            nn.Flatten(),
            nn.Linear(8, 10),
        )
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        return self.layers(x)
        # END SOLUTION


class Step2(nn.Module):
    """Batch norms, and a global average pooling in place of the large kernel."""

    def __init__(self):
        super().__init__()
        # BEGIN SOLUTION
        self.layers = nn.Sequential(
            conv(1, 8),
            conv(8, 16),
            nn.MaxPool2d(2),
            conv(16, 8, 1, 0),
            conv(8, 16),
            nn.MaxPool2d(2),
            conv(16, 16, 3, 0),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(16, 10),
        )
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        return self.layers(x)
        # END SOLUTION


class Net(nn.Module):
    """The last step, the one that is trained and handed in: fewer than 8,000 parameters."""

    def __init__(self):
        super().__init__()
        # BEGIN SOLUTION
        self.layers = nn.Sequential(
            conv(1, 10),
            conv(10, 16),
            nn.MaxPool2d(2),
            conv(16, 8, 1, 0),
            conv(8, 16),
            conv(16, 16),
            nn.MaxPool2d(2),
            conv(16, 16, 3, 0),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(16, 10),
        )
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        return self.layers(x)
        # END SOLUTION


# q4: the receptive field after each convolution and pooling, up to the last map
# BEGIN SOLUTION
# field += (kernel - 1) * jump, then jump *= stride; the jump is 1, 2 after a pooling, then 4.
FIELDS = {
    "Step1": [3, 5, 6, 6, 10, 12],
    "Step2": [3, 5, 6, 6, 10, 12, 20],
    "Net": [3, 5, 6, 6, 10, 14, 16, 24],
}
# END SOLUTION

# q5: three steps: what was wanted, what was measured, what follows from it
# BEGIN SOLUTION
STEPS = [
    {
        "target": "a skeleton of the right size: 99 % with fewer than 10,000 parameters",
        "result": "8,922 parameters, and 11.35 % after six epochs: it answers 1 to everything",
        "analysis": "without norms, steps with a rate of 0.2 destroy it within the first epoch",
        "parameters": 8922,
        "accuracy": 11.35,
    },
    {
        "target": "the same accuracy with fewer parameters and larger steps",
        "result": "5,106 parameters; 99.01 % after six epochs, 97 % already after two",
        "analysis": "batch norms allow a rate of 0.2; the network is too small to hold 99.4 %",
        "parameters": 5106,
        "accuracy": 99.01,
    },
    {
        "target": "99.4 % in each of the last three epochs with fewer than 8,000 parameters",
        "result": "7,752 parameters; 99.40 %, 99.46 % and 99.45 % in the last three of 15 epochs",
        "analysis": "one more layer before the second pooling and a calm end of the cycle do it",
        "parameters": 7752,
        "accuracy": 99.45,
    },
]
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
    accuracy on the test images: call it after every epoch, the last ones count.
    """
    # BEGIN SOLUTION
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.2, momentum=0.9, nesterov=True, weight_decay=1e-4
    )
    # One cycle that ends an epoch early: the last three epochs, which count, barely move.
    cycle = max(budget.epochs - 1, 1) * data.steps(128)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.2, total_steps=cycle, pct_start=0.2, final_div_factor=1000
    )
    for _ in range(budget.epochs):
        model.train()
        for images, labels in data.batches(128, shift=2, scale=0.05, rotate=7):
            loss = train_step(model, optimizer, images, labels)
            if schedule.last_epoch < cycle - 1:
                schedule.step()
            data.note(loss=loss, lr=schedule.get_last_lr()[0])
        data.evaluate(model)
    # END SOLUTION
