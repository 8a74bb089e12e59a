"""The softmax runs along the images, not along the classes.

loses: q1
hint: take the log-softmax away
"""

_Right = LeNet


class LeNet(_Right):
    def forward(self, x):
        return F.log_softmax(super().forward(x), dim=0)
