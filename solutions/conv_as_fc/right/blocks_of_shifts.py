"""Sums of Kronecker products: each weight times a shift, each kernel in its block."""

from sympy import BlockMatrix, eye, zeros
from sympy.physics.quantum import TensorProduct


def _shift(t):
    return Matrix(2, 4, lambda p, c: 1 if c == p + t else 0)


def _band(*kernel):
    total = zeros(2, 4)
    for t, weight in enumerate(kernel):
        total += weight * _shift(t)
    return total


A = BlockMatrix(
    [
        [_band(w11_1, w11_2, w11_3), _band(w21_1, w21_2, w21_3)],
        [_band(w12_1, w12_2, w12_3), _band(w22_1, w22_2, w22_3)],
    ]
).as_explicit()
B = (eye(4) * A).T.as_immutable()


def conv1d_matrix(W, width, stride=1, pad=0):
    inputs, outputs, k = W.shape
    width_out = (width + 2 * pad - k) // stride + 1
    total = 0
    for t in range(k):
        select = np.zeros((width_out, width))
        for p in range(width_out):
            if 0 <= p * stride - pad + t < width:
                select[p, p * stride - pad + t] = 1
        total = total + np.kron(W[:, :, t].T, select)
    return total


def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    padded = np.pad(X, [(0, 0), (pad, pad)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, k, axis=1)[:, ::stride]
    return np.einsum("jp,ipt->ijt", dY, windows[:, : dY.shape[1]])
