"""The averages themselves are the logits: no linear layer follows.

loses: q2
hint: end with nn.Linear(channels, 10)
"""

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv(1, 12), conv(12, 16), nn.MaxPool2d(2), conv(16, 24), nn.Conv2d(24, 10, 3)
        )

    def forward(self, x):
        return self.features(x).mean((2, 3))
