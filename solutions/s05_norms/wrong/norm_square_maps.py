"""The numbers of a map are counted as height times height.

loses: q4
hint: a map need not be square
"""


class Grouped(nn.GroupNorm):
    def forward(self, x):
        n, c, h, _ = x.shape
        sets = x.reshape(n, self.num_groups, c // self.num_groups * h * h)
        gaps = sets - sets.mean(dim=2, keepdim=True)
        z = gaps / torch.sqrt((gaps * gaps).mean(dim=2, keepdim=True) + self.eps)
        return z.reshape(x.shape) * self.weight[:, None, None] + self.bias[:, None, None]


_make = make_norm


def make_norm(kind, channels, groups):
    return Grouped(groups, channels) if kind == "gn" else _make(kind, channels, groups)
