"""Each kernel is one sympy MatrixSymbol; W11[0, 2] is its third weight."""

from sympy import MatrixSymbol

W11, W12, W21, W22 = (MatrixSymbol(name, 1, 3) for name in ("W11", "W12", "W21", "W22"))
A = Matrix(4, 8, [0] * 32)
for _p in range(2):
    for _t in range(3):
        A[_p, _p + _t], A[_p, 4 + _p + _t] = W11[0, _t], W21[0, _t]
        A[2 + _p, _p + _t], A[2 + _p, 4 + _p + _t] = W12[0, _t], W22[0, _t]
B = A.T
KERNELS_DX = [
    [[W[0, 2], W[0, 1], W[0, 0]] for W in row] for row in ((W11, W21), (W12, W22))
]
