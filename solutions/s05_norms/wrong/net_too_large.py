"""The network has 48 channels in its last layers.

loses: q5
hint: make the widest layers narrower
"""

_Net = Net


class Net(_Net):
    def __init__(self, norm="bn"):
        super().__init__(norm)
        wide = [nn.Conv2d(32, 64, 3, padding=1, bias=False), make_norm(norm, 64, 4), nn.ReLU()]
        self.features.extend(wide)
        self.classify = nn.Linear(64, 10)
