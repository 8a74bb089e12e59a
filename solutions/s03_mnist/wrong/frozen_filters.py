"""A bank of fixed filters that no optimiser sees.

loses: q1
hint: frozen tensors, buffers and constants count too
"""

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.bank = torch.randn(2500, 1, 3, 3)
        self.features = nn.Sequential(conv(1, 12), conv(12, 16), nn.MaxPool2d(2), conv(16, 24))
        self.classify = nn.Linear(24, 10)

    def forward(self, x):
        edges = F.conv2d(x, self.bank, padding=1).mean(1, keepdim=True)
        edges = edges + F.conv2d(x, self.bank[:700], padding=1).mean(1, keepdim=True)
        return self.classify(self.features(x + edges).mean((2, 3)))
