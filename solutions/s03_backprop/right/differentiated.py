"""Sympy differentiates E, written out in the weights."""

from sympy import diff, exp


def _written_out(w, i, t):
    def act(x):
        return 1 / (1 + exp(-x))

    a = act(w[0] * i[0] + w[1] * i[1]), act(w[2] * i[0] + w[3] * i[1])
    b = act(w[4] * a[0] + w[5] * a[1]), act(w[6] * a[0] + w[7] * a[1])
    return ((t[0] - b[0]) ** 2 + (t[1] - b[1]) ** 2) / 2


_ALL = (w1, w2, w3, w4, w5, w6, w7, w8)
GRADIENTS = {str(x): diff(_written_out(_ALL, (i1, i2), (t1, t2)), x) for x in _ALL}
