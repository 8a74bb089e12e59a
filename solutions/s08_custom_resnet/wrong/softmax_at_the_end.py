"""The network returns probabilities, and cross-entropy takes the softmax once more.

loses: q1
hint: return the logits
"""

_Right = CustomResNet


class CustomResNet(_Right):
    def forward(self, x):
        return super().forward(x).softmax(dim=1)
