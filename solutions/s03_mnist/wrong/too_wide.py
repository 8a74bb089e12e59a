"""Twice the channels: a good network, and too large.

loses: q1
hint: use fewer channels
"""

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv(1, 24), conv(24, 32), nn.MaxPool2d(2), conv(32, 48), nn.MaxPool2d(2), conv(48, 48)
        )
        self.classify = nn.Linear(48, 10)

    def forward(self, x):
        return self.classify(self.features(x).mean((2, 3)))
