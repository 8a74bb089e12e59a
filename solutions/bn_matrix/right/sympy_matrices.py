"""The worked matrices as sympy matrices, kept exact."""

import sympy

Z_EXACT = sympy.Matrix([[12, 14, 14, 12], [0, 10, 10, 0], [-5, 5, 5, -5]])
MEANS = [sum(Z_EXACT.row(k)) / sympy.Integer(4) for k in range(3)]
CENTRED = sympy.Matrix(3, 4, lambda k, i: Z_EXACT[k, i] - MEANS[k])
ROOTS = [sympy.sqrt(sum(c**2 for c in CENTRED.row(k)) / 4) for k in range(3)]
Z_HAT = sympy.Matrix(3, 4, lambda k, i: CENTRED[k, i] / ROOTS[k])
Z_TILDE = sympy.Matrix(3, 4, lambda k, i: Z_HAT[k, i] + (0, -10, 10)[k])
