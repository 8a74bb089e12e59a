"""Four ways to normalise feature maps, and three networks that differ in nothing else.

A batch of feature maps x has shape (N, C, H, W): examples, channels, rows, columns. A norm
divides its numbers into sets, gives every set mean 0 and variance 1, and then lets each
channel choose its own spread gamma and centre beta. Which numbers form a set is all that
sets the four norms apart.

Sources: Ioffe and Szegedy 2015 (batch), Ba, Kiros and Hinton 2016 (layer), Ulyanov, Vedaldi
and Lempitsky 2016 (instance), Wu and He 2018 (group).
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# ------------------------------------------------------------- q1 and q2: on paper

GROUPS = 2
X = np.array(
    [
        [[[3, 4], [4, 3]], [[5, 8], [4, 5]], [[-2, 6], [1, -3]], [[11, -1], [2, 6]]],
        [[[1, 0], [1, 4]], [[6, 13], [10, 1]], [[15, 0], [4, 7]], [[3, 4], [0, 3]]],
    ]
)

# Dicts with the keys "bn", "ln", "gn" and "in": one number for each set. The shapes are (4,),
# (2,), (2, 2) and (2, 4). The variances are those with 1/m, and eps is 0.
# BEGIN SOLUTION
MEANS = {
    "bn": [2.5, 6.5, 3.5, 3.5],
    "ln": [3.5, 4.5],
    "gn": [[4.5, 2.5], [4.5, 4.5]],
    "in": [[3.5, 5.5, 0.5, 4.5], [1.5, 7.5, 6.5, 2.5]],
}
VARIANCES = {
    "bn": [2.25, 12.25, 30.25, 12.25],
    "ln": [12.25, 20.25],
    "gn": [[2.25, 20.25], [20.25, 20.25]],
    "in": [[0.25, 2.25, 12.25, 20.25], [2.25, 20.25, 30.25, 2.25]],
}
# END SOLUTION

# X normalised, for each of the four keys: shape (2, 4, 2, 2), with gamma 1 and beta 0.
# BEGIN SOLUTION
# Every number minus the mean of its set, over the root of its variance. The root is never
# awkward here: 1.5, 3.5, 4.5 or 5.5, and 0.5 once.
OUTPUTS = {
    kind: (X - np.reshape(mean, shape)) / np.sqrt(np.reshape(variance, shape))
    for kind, mean, variance, shape in (
        ("bn", MEANS["bn"], VARIANCES["bn"], (1, 4, 1, 1)),
        ("ln", MEANS["ln"], VARIANCES["ln"], (2, 1, 1, 1)),
        ("gn", np.repeat(MEANS["gn"], 2, 1), np.repeat(VARIANCES["gn"], 2, 1), (2, 4, 1, 1)),
        ("in", MEANS["in"], VARIANCES["in"], (2, 4, 1, 1)),
    )
}
# END SOLUTION


# ------------------------------------------------------------- q3: as functions, in numpy


def batch_norm(x, gamma, beta, eps):
    """Normalise each channel over all examples, rows and columns, as in training.

    x: (N, C, H, W). gamma, beta: (C,). out = gamma (x - mean) / sqrt(var + eps) + beta, with
    the variance 1/m. Returns out: (N, C, H, W).
    """
    # BEGIN SOLUTION
    return per_channel(normalised(x, (0, 2, 3), eps), gamma, beta)
    # END SOLUTION


def layer_norm(x, gamma, beta, eps):
    """Normalise each example over all of its channels, rows and columns. Shapes as above."""
    # BEGIN SOLUTION
    return per_channel(normalised(x, (1, 2, 3), eps), gamma, beta)
    # END SOLUTION


def group_norm(x, groups, gamma, beta, eps):
    """Normalise each of `groups` groups of neighbouring channels of each example on its own."""
    # BEGIN SOLUTION
    n, c, h, w = x.shape
    grouped = normalised(x.reshape(n, groups, c // groups, h, w), (2, 3, 4), eps)
    return per_channel(grouped.reshape(n, c, h, w), gamma, beta)
    # END SOLUTION


def instance_norm(x, gamma, beta, eps):
    """Normalise each channel of each example on its own. Shapes as above."""
    # BEGIN SOLUTION
    return per_channel(normalised(x, (2, 3), eps), gamma, beta)
    # END SOLUTION


# BEGIN SOLUTION
def normalised(x, axes, eps):
    """Return x with mean 0 and variance 1 over some axes: the sets are what runs along them."""
    mean = x.mean(axis=axes, keepdims=True)
    return (x - mean) / np.sqrt(x.var(axis=axes, keepdims=True) + eps)


def per_channel(z, gamma, beta):
    """Scale and shift each channel. Without the reshape, gamma would run along the columns."""
    return z * gamma.reshape(1, -1, 1, 1) + beta.reshape(1, -1, 1, 1)


# END SOLUTION
# ------------------------------------------------------------- q4 and q5: one switch


def make_norm(kind, channels, groups):
    """Return a module that normalises (N, channels, H, W): kind is "bn", "ln" or "gn".

    Each has one gamma and one beta for each channel. `groups` matters to "gn" only. Raises
    ValueError for any other kind.
    """
    # BEGIN SOLUTION
    if kind == "bn":
        return nn.BatchNorm2d(channels)
    if kind == "ln":
        # One group that holds every channel is layer norm. nn.LayerNorm([C, H, W]) would
        # learn a gamma and a beta for every place, and has to know the size of the map.
        return nn.GroupNorm(1, channels)
    if kind == "gn":
        return nn.GroupNorm(groups, channels)
    raise ValueError(f'no norm is called {kind!r}: "bn", "ln" or "gn"')
    # END SOLUTION


class Net(nn.Module):
    """A network for images (N, 1, 28, 28), ten logits, fewer than 20,000 parameters.

    `norm` is "bn", "ln" or "gn", the kind of all of its norms; nothing else depends on it.
    """

    def __init__(self, norm="bn"):
        super().__init__()
        # BEGIN SOLUTION
        layers, channels = [], 1
        for width in (12, "pool", 16, 16, "pool", 32):
            if width == "pool":
                layers.append(nn.MaxPool2d(2))
                continue
            # The norm has a beta of its own, so that a bias before it would be of no use.
            layers.append(nn.Conv2d(channels, width, 3, padding=1, bias=False))
            layers += [make_norm(norm, width, groups=4), nn.ReLU()]
            channels = width
        self.features = nn.Sequential(*layers)
        self.classify = nn.Linear(channels, 10)
        # END SOLUTION

    def forward(self, x):
        """Return the logits (N, 10) of images (N, 1, 28, 28)."""
        # BEGIN SOLUTION
        return self.classify(self.features(x).mean(dim=(2, 3)))
        # END SOLUTION


# ------------------------------------------------------------- q6: the L1 penalty


def l1_penalty(model):
    """Return the sum of |w| over all weights of convolutions and linear layers, as a tensor.

    With the layers of torch, these are the parameters with two axes or more. Biases, gammas
    and betas are left out.
    """
    # BEGIN SOLUTION
    return sum(p.abs().sum() for p in model.parameters() if p.dim() > 1)
    # END SOLUTION


def l1_strength(norm):
    """Return the factor of the penalty: above 0 for "bn", and 0 for "ln" and "gn"."""
    # BEGIN SOLUTION
    return 2e-5 if norm == "bn" else 0.0
    # END SOLUTION


def train_step(model, optimizer, images, labels, l1=0.0):
    """Take one step on one batch and return its loss: mean cross-entropy + l1 · penalty."""
    # BEGIN SOLUTION
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    if l1:
        loss = loss + l1 * l1_penalty(model)
    loss.backward()
    optimizer.step()
    return loss.detach()
    # END SOLUTION


# ------------------------------------------------------------- q7 and q8: three curves

NORMS = ("bn", "ln", "gn")


class Three(nn.Module):
    """The three networks as one module, so that they are trained and saved together."""

    def __init__(self):
        super().__init__()
        self.bn, self.ln, self.gn = (Net(norm) for norm in NORMS)

    def forward(self, x):
        """Return the mean of the three networks' log-probabilities, (N, 10): their vote."""
        return sum(F.log_softmax(net(x), 1) for net in (self.bn, self.ln, self.gn)) / 3


def curves(history):
    """Return {"bn": [...], "ln": [...], "gn": [...]}: the accuracy after each epoch, per cent.

    `history` is that of training.json: a list of dicts with the key "accuracy", three in a row
    for each epoch, in the order of NORMS.
    """
    # BEGIN SOLUTION
    accuracies = [row["accuracy"] for row in history]
    return {norm: accuracies[place::3] for place, norm in enumerate(NORMS)}
    # END SOLUTION


# BEGIN SOLUTION
def draw(lines, low=90.0):
    """Return an SVG of accuracy against epochs, one labelled line for each network."""
    colours = {"bn": "#1f5fa8", "ln": "#b3421c", "gn": "#2f7d3b"}
    names = {"bn": "batch norm and L1", "ln": "layer norm", "gn": "group norm"}
    epochs = len(lines["bn"])

    def place(epoch, accuracy):
        across = (epoch - 1) / max(epochs - 1, 1)
        return f"{60 + 500 * across:.1f},{300 - 260 * max(accuracy - low, 0) / (100 - low):.1f}"

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 350" font-family="sans-serif">',
        "<title>Accuracy on the test images against epochs, three norms</title>",
        '<rect width="700" height="350" fill="white"/>',
        '<path d="M60 40V300H560" fill="none" stroke="black"/>',
        '<text x="310" y="340" text-anchor="middle">epochs</text>',
        '<text x="60" y="25" text-anchor="middle">accuracy, per cent</text>',
    ]
    for tick in range(int(low), 101, 2):
        y = place(1, tick).split(",")[1]
        parts.append(f'<text x="52" y="{y}" text-anchor="end" font-size="12">{tick}</text>')
    for row, (norm, curve) in enumerate(lines.items()):
        points = " ".join(place(n, accuracy) for n, accuracy in enumerate(curve, 1))
        colour, last = colours[norm], f"{names[norm]}: {curve[-1]:.2f}"
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}"/>')
        parts.append(f'<text x="330" y="{220 + 22 * row}" fill="{colour}">{last}</text>')
    for epoch in range(1, epochs + 1):
        x = place(epoch, low).split(",")[0]
        parts.append(f'<text x="{x}" y="317" text-anchor="middle" font-size="12">{epoch}</text>')
    return "\n".join([*parts, "</svg>", ""])


def write_figure(name="norms.svg"):
    """Draw the curves of the training.json that lies beside this file."""
    import json
    from pathlib import Path

    folder = Path(__file__).parent
    history = json.loads((folder / "training.json").read_text(encoding="utf-8"))["history"]
    (folder / name).write_text(draw(curves(history)), encoding="utf-8")


# END SOLUTION
def train(model, data, budget):
    """Train a `Three` for `budget.epochs` epochs; `python grade.py train s05_norms` calls it.

    Every batch goes to all three networks. After each epoch, each of them is evaluated, in the
    order of NORMS: `data.note(loss=...)` with its mean loss, then `data.evaluate(...)`.
    """
    # BEGIN SOLUTION
    size, peak = 128, 0.01
    steps = budget.epochs * data.steps(size)
    runs = {}
    for norm in NORMS:
        net = getattr(model, norm)
        optimizer = torch.optim.Adam(net.parameters(), lr=peak)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=steps)
        runs[norm] = net, optimizer, schedule
    for _ in range(budget.epochs):
        model.train()
        losses = {norm: [] for norm in NORMS}
        for images, labels in data.batches(size, shift=2, rotate=7):
            for norm, (net, optimizer, schedule) in runs.items():
                loss = train_step(net, optimizer, images, labels, l1_strength(norm))
                losses[norm].append(loss)
                schedule.step()
        for norm, (net, _, schedule) in runs.items():
            data.note(loss=torch.stack(losses[norm]).mean(), lr=schedule.get_last_lr()[0])
            data.evaluate(net)
    # END SOLUTION
