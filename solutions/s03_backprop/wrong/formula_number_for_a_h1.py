"""The number that a_h1 has on paper stands in the formulas.

loses: q2
hint: where a letter belongs
"""

from sympy import Rational

GRADIENTS = GRADIENTS | {
    "w5": error_at_output(a_o1, t1) * Rational("3/4"),
    "w7": error_at_output(a_o2, t2) * Rational("3/4"),
}
