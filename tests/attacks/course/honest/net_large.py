"""A network that is right, and far beyond its budget."""

import torch
from torch import nn

TABLE = torch.eye(3).repeat_interleave(4, dim=1).repeat(40, 1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(12, 120, bias=False)
        with torch.no_grad():
            self.first.weight.copy_(TABLE)

    def forward(self, images):
        return self.first(images.flatten(1)).unflatten(1, (40, 3)).sum(1)
