"""Layer norm is nn.LayerNorm([C, H, W]): a gamma and a beta for each place.

loses: q5
hint: one for each place
"""

_Net = Net


class Net(_Net):
    def __init__(self, norm="bn"):
        super().__init__(norm)
        if norm == "ln":
            self.features[1] = nn.LayerNorm([12, 28, 28])
            self.features[5] = nn.LayerNorm([16, 14, 14])
