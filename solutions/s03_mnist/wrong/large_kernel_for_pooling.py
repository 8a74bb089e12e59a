"""A kernel of the whole map in place of the global average pooling.

loses: q2
hint: average the last map
"""

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(conv(1, 12), conv(12, 16), nn.MaxPool2d(2), conv(16, 16),
                                      nn.MaxPool2d(2))
        self.whole = nn.Conv2d(16, 10, 7)
        self.classify = nn.Linear(10, 10)

    def forward(self, x):
        return self.classify(self.whole(self.features(x)).flatten(1))
