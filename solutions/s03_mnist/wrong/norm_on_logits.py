"""A batch norm behind the last layer.

loses: q2
hint: leave the logits as the last layer gives them
"""

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(conv(1, 12), conv(12, 16), nn.MaxPool2d(2), conv(16, 24))
        self.classify = nn.Linear(24, 10)
        self.norm = nn.BatchNorm1d(10)

    def forward(self, x):
        return self.norm(self.classify(self.features(x).mean((2, 3))))
