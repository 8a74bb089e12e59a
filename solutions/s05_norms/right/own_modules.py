"""Norms as modules of one's own: reshape, mean, variance, and a gamma and beta a channel."""

class Grouped(nn.Module):
    def __init__(self, groups, channels):
        super().__init__()
        self.groups = groups
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        sets = x.reshape(x.shape[0], self.groups, -1)
        mean = sets.mean(dim=2, keepdim=True)
        var = sets.var(dim=2, keepdim=True, unbiased=False)
        z = ((sets - mean) / torch.sqrt(var + 1e-5)).reshape(x.shape)
        return z * self.weight.view(-1, 1, 1) + self.bias.view(-1, 1, 1)


def make_norm(kind, channels, groups):
    match kind:
        case "bn":
            return nn.BatchNorm2d(channels)
        case "ln":
            return Grouped(1, channels)
        case "gn":
            return Grouped(groups, channels)
        case _:
            raise ValueError(f"unknown norm {kind}")


def l1_penalty(model):
    layers = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    return torch.stack([layer.weight.abs().sum() for layer in layers]).sum()
