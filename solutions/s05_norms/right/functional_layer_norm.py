"""F.layer_norm over (C, H, W), then a gamma and a beta for each channel."""

class LayerNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        z = F.layer_norm(x, x.shape[1:])
        return z * self.weight[:, None, None] + self.bias[:, None, None]


MAKERS = {
    "bn": lambda channels, groups: nn.BatchNorm2d(channels),
    "ln": lambda channels, groups: LayerNorm(channels),
    "gn": lambda channels, groups: nn.GroupNorm(groups, channels),
}


def make_norm(kind, channels, groups):
    if kind not in MAKERS:
        raise ValueError(f"choose one of {sorted(MAKERS)}")
    return MAKERS[kind](channels, groups)
