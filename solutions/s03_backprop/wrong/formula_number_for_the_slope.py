"""The number that the slope of sigma at h1 has on paper stands in the formulas.

loses: q2
hint: where a letter belongs
"""

from sympy import Rational

GRADIENTS = GRADIENTS | {
    "w1": error_at_hidden(Rational("3/4"), w5, w7) * i1,
    "w2": error_at_hidden(Rational("3/4"), w5, w7) * i2,
}
