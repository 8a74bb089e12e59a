"""Models that do what a model must not: each with its own message, none with our fault."""

import os
import time

import torch
from torch import nn


class Honest(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(12, 10)

    def forward(self, x):
        return self.fc(x.flatten(1))


class Exits(Honest):
    def forward(self, x):
        os._exit(0)


class Loops(Honest):
    def forward(self, x):
        while True:
            time.sleep(0.01)


class Allocates(Honest):
    def forward(self, x):
        return self.fc(x.flatten(1)) + torch.ones(10**11).sum()


class AllocatesInTheJudge(Honest):
    """Small here, where the batch is 2; as a graph it asks for as much as it likes."""

    def forward(self, x):
        grown = x.flatten(1).repeat(1, 2**13)
        return self.fc(x.flatten(1)) + (grown.unsqueeze(2) * grown.unsqueeze(1)[:, :, :1]).mean()


class Prints(Honest):
    def forward(self, x):
        for _ in range(1000):
            print("x" * 1000)
        return super().forward(x)


class Raises(Honest):
    def forward(self, x):
        raise RuntimeError("not today")


class Decides(Honest):
    def forward(self, x):
        if x.sum() > 0:
            return super().forward(x)
        return -super().forward(x)


class Numpy(Honest):
    def forward(self, x):
        out = super().forward(x)
        return torch.from_numpy(out.numpy() + 1)


class Words(Honest):
    def forward(self, x):
        return "five"


class Strides(Honest):
    def forward(self, x):
        return self.fc(torch.as_strided(x, (len(x), 12), (12, 1)))


class Draws(Honest):
    def forward(self, x):
        return super().forward(x + torch.rand(12).view(1, 3, 2, 2))


class AlwaysDrops(Honest):
    def forward(self, x):
        return super().forward(nn.functional.dropout(x, 0.3))


class Lies(Honest):
    """Says that it has nothing; hides an array of weights besides."""

    def __init__(self):
        super().__init__()
        self.table = torch.randn(12, 10)

    def parameters(self, recurse=True):
        return iter(())

    def named_parameters(self, *args, **kwargs):
        return iter(())

    def forward(self, x):
        return super().forward(x) + x.flatten(1) @ self.table


class Mixes(Honest):
    """Attends over the batch: nearly uniform, and so invisible, as it is initialised."""

    def forward(self, x):
        out = super().forward(x)
        return torch.softmax(out @ out.T, dim=1) @ out


class Flattens(Honest):
    def forward(self, x):
        return super().forward(x).mean(0)


def small(self):
    return 1


def patched():
    """Return an honest model in a process where every tensor claims to be small."""
    torch.Tensor.numel = small
    torch.Tensor.nelement = small
    return Honest()


NOT_A_MODEL = 3
