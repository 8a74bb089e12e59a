"""Training steps, right and wrong, and a network that they can fit."""

import torch.nn.functional as F
from torch import nn


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(48, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, x):
        return self.layers(x)


class Dead(Small):
    """A ReLU that lets nothing through."""

    def forward(self, x):
        return F.relu(self.layers(x) - 1000.0)


def plain(model, optimizer, images, labels):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss


def not_zeroed(model, optimizer, images, labels):
    F.cross_entropy(model(images), labels).backward()
    optimizer.step()


def no_step(model, optimizer, images, labels):
    optimizer.zero_grad()
    F.cross_entropy(model(images), labels).backward()


def twice(model, optimizer, images, labels):
    plain(model, optimizer, images, labels)
    plain(model, optimizer, images, labels)


def softmax_twice(model, optimizer, images, labels):
    optimizer.zero_grad()
    F.cross_entropy(F.softmax(model(images), 1), labels).backward()
    optimizer.step()


def summed(model, optimizer, images, labels):
    optimizer.zero_grad()
    F.cross_entropy(model(images), labels, reduction="sum").backward()
    optimizer.step()


def uphill(model, optimizer, images, labels):
    optimizer.zero_grad()
    (-F.cross_entropy(model(images), labels)).backward()
    optimizer.step()


def log_softmax(model, optimizer, images, labels):
    for parameter in model.parameters():
        parameter.grad = None
    F.nll_loss(F.log_softmax(model(images), 1), labels).backward()
    optimizer.step()


def by_hand(model, optimizer, images, labels):
    optimizer.zero_grad(set_to_none=False)
    logits = model(images)
    loss = (logits.logsumexp(1) - logits.gather(1, labels[:, None])[:, 0]).mean()
    loss.backward()
    optimizer.step()
    return loss.item()
