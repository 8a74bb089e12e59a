"""sigma is an unknown function of sympy, and its slope sigma (1 - sigma)."""

from sympy import Function

_s = Function("sigma")


def _slope(x):
    return _s(x) * (1 - _s(x))


_d1 = (_s(o1) - t1) * _slope(o1)
_d2 = (_s(o2) - t2) * _slope(o2)
GRADIENTS = {
    "w1": (_d1 * w5 + _d2 * w7) * _slope(h1) * i1,
    "w2": (_d1 * w5 + _d2 * w7) * _slope(h1) * i2,
    "w3": (_d1 * w6 + _d2 * w8) * _slope(w3 * i1 + w4 * i2) * i1,
    "w4": (_d1 * w6 + _d2 * w8) * _slope(w3 * i1 + w4 * i2) * i2,
    "w5": _d1 * _s(h1),
    "w6": _d1 * _s(h2),
    "w7": _d2 * a_h1,
    "w8": _d2 * a_h2,
}
