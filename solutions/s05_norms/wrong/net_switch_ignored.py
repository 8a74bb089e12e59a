"""The network has batch norm whatever is asked for.

loses: q5
hint: give `norm` to every make_norm
"""

_Net = Net


class Net(_Net):
    def __init__(self, norm="bn"):
        super().__init__("bn")
