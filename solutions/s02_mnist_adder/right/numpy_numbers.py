"""Numbers from numpy; one-hot vectors as rows of a unit matrix; items as a list."""

import numpy as np


class AdderData:
    def __init__(self, images, labels, train=True, seed=0):
        self.images, self.labels, self.train = images, labels, train
        self.rng = np.random.default_rng(seed)
        self.held = self.rng.integers(10, size=len(labels))
        self.unit = torch.eye(10)

    def __len__(self):
        return self.images.shape[0]

    def __getitem__(self, i):
        number = self.rng.integers(10) if self.train else self.held[i]
        total = self.labels[i] + int(number)
        return [self.images[i], self.unit[number], self.labels[i], total]
