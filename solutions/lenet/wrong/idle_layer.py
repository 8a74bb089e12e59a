"""A layer left over from an earlier try: registered, never called.

loses: q1
hint: remove what forward does not use
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(n_classes, bn, drop)
        self.linear_k = nn.Linear(84, 10)
