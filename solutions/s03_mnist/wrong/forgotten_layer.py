"""A linear layer from an earlier attempt is still registered.

loses: q1
hint: registered but never called: fc_old.weight
"""

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(conv(1, 12), conv(12, 16), nn.MaxPool2d(2), conv(16, 24))
        self.fc_old = nn.Linear(24 * 14 * 14, 10)
        self.classify = nn.Linear(24, 10)

    def forward(self, x):
        return self.classify(self.features(x).mean((2, 3)))
