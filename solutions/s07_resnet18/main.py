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
    # BEGIN SOLUTION
    count, _, height, width = images.shape
    padded = F.pad(images, [margin] * 4)
    rows = places[:, 0, None] + torch.arange(height, device=images.device)
    columns = places[:, 1, None] + torch.arange(width, device=images.device)
    image = torch.arange(count, device=images.device)[:, None, None]
    return padded[image, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    # END SOLUTION


def cutout(images, middles, size=16):
    """Return images with one hole of zeros each, through all channels.

    middles (N, 2) hold the row r and the column c of each hole: it covers the rows from
    r - size // 2 up to and without r - size // 2 + size, and columns likewise. What would lie
    outside of the image is not there (DeVries and Taylor, 2017).
    """
    # BEGIN SOLUTION
    height, width = images.shape[-2:]
    tops, lefts = (middles - size // 2).T[:, :, None]
    rows = torch.arange(height, device=images.device)
    columns = torch.arange(width, device=images.device)
    inside = (rows >= tops) & (rows < tops + size)
    across = (columns >= lefts) & (columns < lefts + size)
    return images.masked_fill((inside[:, :, None] & across[:, None, :])[:, None], 0.0)
    # END SOLUTION


def transform(images, training):
    """Return the images as the network gets them.

    In training: a random crop after padding by 4, then a hole of 16 x 16 whose middle is any
    pixel, both drawn evenly and anew for each image. Else: the images as they are.
    """
    # BEGIN SOLUTION
    if not training:
        return images
    count, _, height, width = images.shape
    places = torch.randint(0, 9, (count, 2), device=images.device)
    rows = torch.randint(0, height, (count,), device=images.device)
    columns = torch.randint(0, width, (count,), device=images.device)
    return cutout(crop(images, places), torch.stack([rows, columns], dim=1))
    # END SOLUTION


# ------------------------------------------------------------- q4: training and test


def train_step(model, optimizer, images, labels):
    """Take one step of the optimizer on one batch; return the loss: the mean cross-entropy."""
    # BEGIN SOLUTION
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()
    # END SOLUTION


def evaluate(model, batches):
    """Return (loss, accuracy) over all images: the mean cross-entropy, and per cent.

    `batches` yields (images, labels); the last batch may be smaller, and every image counts
    the same. The model is put into evaluation mode, and nothing is trained.
    """
    # BEGIN SOLUTION
    model.train(False)
    loss, right, count = 0.0, 0, 0
    with torch.no_grad():
        for images, labels in batches:
            scores = model(images)
            loss += float(F.cross_entropy(scores, labels, reduction="sum"))
            right += int((scores.argmax(dim=1) == labels).sum())
            count += len(labels)
    return loss / count, 100 * right / count
    # END SOLUTION


# ------------------------------------------------------------- q7: a trained network


def train(model, data, budget):
    """Train `model` for `budget.epochs` epochs; `python grade.py train s07_resnet18` calls it.

    `data.batches(size, flip=False)` yields one epoch of (images, labels), shuffled and
    normalised; `flip` mirrors half of them at random. `data.steps(size)` says how many batches
    that is. `data.note(loss=, lr=)` feeds the live line, `data.evaluate(net)` returns the
    accuracy on held-out images in per cent.
    """
    # BEGIN SOLUTION
    size, peak = 128, 0.1
    optimizer = torch.optim.SGD(
        model.parameters(), lr=peak, momentum=0.9, weight_decay=5e-4, nesterov=True
    )
    steps = budget.epochs * data.steps(size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=steps)
    for _ in range(budget.epochs):
        model.train()
        for images, labels in data.batches(size, flip=True):
            loss = train_step(model, optimizer, transform(images, training=True), labels)
            data.note(loss=loss, lr=schedule.get_last_lr()[0])
            schedule.step()
        data.evaluate(model)
    # END SOLUTION
