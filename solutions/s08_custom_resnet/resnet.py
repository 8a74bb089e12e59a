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
BATCH = 512  # SOLUTION

# ------------------------------------------------------------- q1, q5: the network


class ResBlock(nn.Module):
    """Maps (N, channels, H, W) to the same shape: x + layers(x).

    The layers are twice: conv 3 x 3 - batch norm - ReLU.
    """

    def __init__(self, channels):
        super().__init__()
        # BEGIN SOLUTION
        self.layers = nn.Sequential(conv(channels, channels), conv(channels, channels))
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        return x + self.layers(x)
        # END SOLUTION


# BEGIN SOLUTION
def conv(inputs, outputs, pool=False):
    """Return conv 3 x 3, perhaps max pooling 2 x 2, batch norm, ReLU."""
    halve = [nn.MaxPool2d(2)] if pool else []
    first = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    return nn.Sequential(first, *halve, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


# END SOLUTION
class CustomResNet(nn.Module):
    """Images (N, 3, 32, 32) to logits (N, classes); the handout lists the layers.

    `width` is the number of channels of the first layer; later ones have 2, 4 and 8 times
    as many. A narrow network is for trying things out.
    """

    def __init__(self, width=64, classes=10):
        super().__init__()
        # BEGIN SOLUTION
        self.prep = conv(3, width)
        self.layer1 = nn.Sequential(conv(width, 2 * width, pool=True), ResBlock(2 * width))
        self.layer2 = conv(2 * width, 4 * width, pool=True)
        self.layer3 = nn.Sequential(conv(4 * width, 8 * width, pool=True), ResBlock(8 * width))
        self.pool = nn.MaxPool2d(4)
        self.classify = nn.Linear(8 * width, classes)
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        x = self.layer3(self.layer2(self.layer1(self.prep(x))))
        return self.classify(self.pool(x).flatten(1))
        # END SOLUTION


# ------------------------------------------------------------- q2: the schedule

# The smallest and the largest learning rate, as your range test suggests them.
LR_MIN = 0.004  # SOLUTION
LR_MAX = 0.4  # SOLUTION


def make_schedule(optimizer, steps_per_epoch):
    """Return a schedule whose `step()` is called after every batch of EPOCHS epochs.

    It starts at LR_MIN, reaches LR_MAX at the end of epoch PEAK_EPOCH, and is back at LR_MIN
    with the last batch.
    """
    # BEGIN SOLUTION
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=LR_MAX,
        total_steps=EPOCHS * steps_per_epoch,
        pct_start=PEAK_EPOCH / EPOCHS,
        div_factor=LR_MAX / LR_MIN,
        final_div_factor=1,  # the default, 10,000, is the annihilation
        anneal_strategy="linear",
        cycle_momentum=False,
    )
    # END SOLUTION


# ------------------------------------------------------------- q6: one step, one epoch


def make_optimizer(model):
    """Return an optimizer of torch.optim for all parameters of `model`."""
    # BEGIN SOLUTION
    return torch.optim.SGD(
        model.parameters(), lr=LR_MAX, momentum=0.9, nesterov=True, weight_decay=5e-4
    )
    # END SOLUTION


def train_step(model, optimizer, images, labels):
    """Take one step on one batch; return its loss before the step: the mean cross-entropy."""
    # BEGIN SOLUTION
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()
    # END SOLUTION


def train_epoch(model, optimizer, schedule, batches):
    """Train on every (images, labels) of `batches`, in order; return the mean of the losses.

    The model is put into training mode. After each batch the schedule takes one step.
    """
    # BEGIN SOLUTION
    model.train()
    losses = []
    for images, labels in batches:
        losses.append(train_step(model, optimizer, images, labels))
        schedule.step()
    return torch.stack(losses).mean()
    # END SOLUTION


# ------------------------------------------------------------- q3: the range test


def range_test(model, optimizer, batches, low, high):
    """Train one step on each of a list of batches, each at a higher rate; return what was lost.

    The rates go from `low` to `high` by a constant factor. Returns (rates, losses): batch k
    was trained on at rates[k], and losses[k] is its loss before that step. Afterwards the
    weights and the optimizer are as they were.
    """
    # BEGIN SOLUTION
    before = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
    factor = (high / low) ** (1 / (len(batches) - 1))
    rates = [low * factor**k for k in range(len(batches))]
    losses = []
    for rate, (images, labels) in zip(rates, batches, strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate
        losses.append(float(train_step(model, optimizer, images, labels)))
    model.load_state_dict(before[0])
    optimizer.load_state_dict(before[1])
    return rates, losses
    # END SOLUTION


def suggest_rate(rates, losses):
    """Return the rate at which the loss falls fastest, drawn over the logarithm of the rate."""
    # BEGIN SOLUTION
    x, y = torch.tensor(rates).log(), torch.tensor(losses)
    slopes = (y[2:] - y[:-2]) / (x[2:] - x[:-2])
    return rates[1 + int(slopes.argmin())]
    # END SOLUTION


# ------------------------------------------------------------- q4: augmentation


def augment(images, generator):
    """Return images (N, 3, 32, 32), each cropped, mirrored and cut out in a way of its own.

    In this order: zeros around, 4 on each side, and a random 32 x 32 crop; mirrored left to
    right with probability one half; one 8 x 8 hole of zeros. `generator` is a torch.Generator
    on the CPU: every random number comes from it.
    """
    # BEGIN SOLUTION
    count, _, height, width = images.shape

    def drawn(low, high):
        places = torch.randint(low, high, (count, 1), generator=generator)
        return places.to(images.device)

    rows = drawn(0, 9) + torch.arange(height, device=images.device)
    columns = drawn(0, 9) + torch.arange(width, device=images.device)
    columns = torch.where(drawn(0, 2) == 1, columns.flip(1), columns)
    image = torch.arange(count, device=images.device)[:, None, None]
    moved = F.pad(images, [4] * 4)[image, :, rows[:, :, None], columns[:, None, :]]

    tops, lefts = drawn(0, height) - 4, drawn(0, width) - 4  # the middle is anywhere
    rows = torch.arange(height, device=images.device) - tops
    columns = torch.arange(width, device=images.device) - lefts
    hole = ((rows >= 0) & (rows < 8))[:, :, None] & ((columns >= 0) & (columns < 8))[:, None, :]
    return moved.permute(0, 3, 1, 2).masked_fill(hole[:, None], 0.0)
    # END SOLUTION


# ------------------------------------------------------------- all of it together


def train(model, data, budget):
    """Train `model` in place; `python grade.py train s08_custom_resnet` calls it.

    `data.batches(size)` yields one epoch of (images, labels), shuffled and not augmented;
    `data.steps(size)` says how many batches that is. `data.note(loss=, lr=)` feeds the live
    line, `data.evaluate` returns a model's accuracy on held-out images in per cent.
    """
    # BEGIN SOLUTION
    optimizer = make_optimizer(model)
    schedule = make_schedule(optimizer, data.steps(BATCH))
    generator = torch.Generator().manual_seed(0)
    for _ in range(budget.epochs):
        batches = ((augment(x, generator), y) for x, y in data.batches(BATCH))
        loss = train_epoch(model, optimizer, schedule, batches)
        data.note(loss=loss, lr=optimizer.param_groups[0]["lr"])
        data.evaluate(model)
    # END SOLUTION
