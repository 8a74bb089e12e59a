"""The last map is averaged to 2 x 2 places, not to one.

loses: q2
hint: average the last map
"""

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(conv(1, 12), conv(12, 16), nn.MaxPool2d(2), conv(16, 16))
        self.classify = nn.Linear(64, 10)

    def forward(self, x):
        return self.classify(F.adaptive_avg_pool2d(self.features(x), 2).flatten(1))
