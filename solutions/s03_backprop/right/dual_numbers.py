"""Numbers that carry their slope along: no backward pass, one forward pass for each weight."""

import math


class Dual:
    """value + slope e with e e = 0: sums and products know how slopes combine."""

    def __init__(self, value, slope=0.0):
        self.value, self.slope = value, slope

    def __add__(self, other):
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        slope = self.value * other.slope + self.slope * other.value
        return Dual(self.value * other.value, slope)

    def activate(self):
        a = 1 / (1 + math.exp(-self.value))
        return Dual(a, a * (1 - a) * self.slope)


def dual_error(w, i, t):
    i1, i2 = Dual(i[0]), Dual(i[1])
    a1 = (w[0] * i1 + w[1] * i2).activate()
    a2 = (w[2] * i1 + w[3] * i2).activate()
    gaps = [
        (w[4] * a1 + w[5] * a2).activate() + Dual(-t[0]),
        (w[6] * a1 + w[7] * a2).activate() + Dual(-t[1]),
    ]
    return Dual(0.5) * (gaps[0] * gaps[0] + gaps[1] * gaps[1])


def train(w, i, t, lr, n):
    for _ in range(n):
        runs = [[Dual(x, float(j == k)) for k, x in enumerate(w)] for j in range(8)]
        w = [x - lr * dual_error(run, i, t).slope for x, run in zip(w, runs)]
    return tuple(w)


def sweep(rates, n):
    curves = {str(rate): [] for rate in rates}
    for rate in rates:
        w = tuple(WEIGHTS)
        for _ in range(n + 1):
            curves[str(rate)].append(dual_error([Dual(x) for x in w], INPUTS, TARGETS).value)
            w = train(w, INPUTS, TARGETS, rate, 1)
    return curves
