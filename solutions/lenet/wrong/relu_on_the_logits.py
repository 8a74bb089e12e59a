"""A ReLU follows every layer, the last one too.

loses: q1
hint: logits have both signs
"""

_Right = LeNet


class LeNet(_Right):
    def forward(self, x):
        return F.relu(super().forward(x))
