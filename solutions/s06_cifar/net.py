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
# BEGIN SOLUTION
# Each layer adds (kernel - 1) * dilation * jump; a stride of 2 doubles the jump.
# stem 3, stride 5, block 9 and 13, stride 17 | jump 4: 25, 33, dilated 49, stride 57 |
# jump 8: depthwise 73, pointwise 73.
RECEPTIVE_FIELD = 73
# END SOLUTION


def conv(inputs, outputs, kernel=3, stride=1, dilation=1, groups=1):
    """Return a convolution that keeps the size (but for its stride), a batch norm and a ReLU."""
    # BEGIN SOLUTION
    padding = dilation * (kernel // 2)
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )
    # END SOLUTION


# BEGIN SOLUTION
class Residual(nn.Module):
    """Add what some layers compute to what they were given (He et al., 2016)."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.layers(x)


# END SOLUTION
class Net(nn.Module):
    """Images (N, 3, 32, 32) to logits (N, 10)."""

    def __init__(self):
        super().__init__()
        # BEGIN SOLUTION
        self.features = nn.Sequential(
            conv(3, 16),
            conv(16, 32, stride=2),  # 32 -> 16
            Residual(conv(32, 32), conv(32, 32)),
            conv(32, 48, stride=2),  # 16 -> 8
            Residual(conv(48, 48), conv(48, 48)),
            Residual(conv(48, 48, dilation=2)),
            conv(48, 64, stride=2),  # 8 -> 4
            conv(64, 64, groups=64),  # depthwise: each channel looks around by itself
            conv(64, 128, kernel=1),  # pointwise: channels meet
        )
        self.classify = nn.Linear(128, 10)
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        return self.classify(self.features(x).mean(dim=(2, 3)))
        # END SOLUTION


# ---------------------------------------------------------------- q7: augmentation
# Images arrive normalised, so 0 is the mean of the data set. `draw` is a torch.Generator:
# take every random number from it.


def flip(images, draw):
    """Return images (N, 3, H, W), each mirrored left to right with probability one half."""
    # BEGIN SOLUTION
    turned = torch.rand(len(images), generator=draw) < 0.5
    return torch.where(turned[:, None, None, None], images.flip(3), images)
    # END SOLUTION


def shift(images, draw, most=4):
    """Return images moved by up to `most` pixels up or down and left or right, 0 moved in."""
    # BEGIN SOLUTION
    count, _, height, width = images.shape
    padded = F.pad(images, [most] * 4)
    places = torch.randint(0, 2 * most + 1, (count, 2), generator=draw)
    rows = places[:, :1] + torch.arange(height)
    columns = places[:, 1:] + torch.arange(width)
    image = torch.arange(count)[:, None, None]
    return padded[image, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    # END SOLUTION


def cutout(images, draw, size=16):
    """Return images with one hole of size x size each, filled with 0.

    The middle of the hole is anywhere in the image, so that a border may cut it.
    """
    # BEGIN SOLUTION
    count, _, height, width = images.shape
    top = torch.randint(0, height, (count, 1), generator=draw) - size // 2
    left = torch.randint(0, width, (count, 1), generator=draw) - size // 2
    rows = (torch.arange(height) >= top) & (torch.arange(height) < top + size)
    columns = (torch.arange(width) >= left) & (torch.arange(width) < left + size)
    return images.masked_fill((rows[:, :, None] & columns[:, None, :])[:, None], 0.0)
    # END SOLUTION


# ---------------------------------------------------------------- training


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

    `data.batches(size, crop=, flip=, cutout=)` yields one epoch of augmented batches,
    `data.evaluate(net)` measures the accuracy on the test images.
    """
    # BEGIN SOLUTION
    kernels = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim < 2]  # no decay for norms and biases
    groups = [{"params": kernels, "weight_decay": 5e-4}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.SGD(groups, lr=0.3, momentum=0.9, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=0.3,
        total_steps=budget.epochs * data.steps(128),
        pct_start=0.25,
        final_div_factor=1000,
    )
    for _ in range(budget.epochs):
        model.train()
        for images, labels in data.batches(128, crop=4, flip=True, cutout=8):
            loss = train_step(model, optimizer, images, labels)
            schedule.step()
            data.note(loss=loss, lr=schedule.get_last_lr()[0])
        data.evaluate(model)
    # END SOLUTION
