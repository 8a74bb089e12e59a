"""The network returns probabilities, and cross-entropy takes the softmax once more.

loses: q1
hint: return the logits
"""

_Right = LeNet


class LeNet(_Right):
    def forward(self, x):
        return F.softmax(super().forward(x), dim=1)
