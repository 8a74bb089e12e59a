"""The output is squeezed: one image alone loses its batch axis.

loses: q4
hint: keep the batch as the first axis
"""

_Right = LeNet


class LeNet(_Right):
    def forward(self, x):
        return super().forward(x).squeeze()
