"""A norm of one's own takes the variance as torch.var gives it.

loses: q4
hint: divide by the number of entries in the set
"""


class Grouped(nn.GroupNorm):
    def forward(self, x):
        sets = x.reshape(x.shape[0], self.num_groups, -1)
        gaps = sets - sets.mean(dim=2, keepdim=True)
        z = (gaps / torch.sqrt(sets.var(dim=2, keepdim=True) + self.eps)).reshape(x.shape)
        return z * self.weight[:, None, None] + self.bias[:, None, None]


_make = make_norm


def make_norm(kind, channels, groups):
    return Grouped(groups, channels) if kind == "gn" else _make(kind, channels, groups)
