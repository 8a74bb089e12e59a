"""Toeplitz bands by index arithmetic, kernels as sympy matrices, results as sympy matrices."""

from sympy import Matrix as M

_kernels = M([[w11_1, w11_2, w11_3], [w12_1, w12_2, w12_3], [w21_1, w21_2, w21_3], [w22_1, w22_2, w22_3]])


def _entry(row, column):
    (j, p), (i, c) = divmod(row, 2), divmod(column, 4)
    return _kernels[2 * i + j, c - p] if 0 <= c - p < 3 else 0


A = M(4, 8, _entry)
B = M(8, 4, lambda c, r: _entry(r, c))
KERNELS_DX = [M(2, 3, lambda i, t: _kernels[2 * i + j, 2 - t]) for j in range(2)]


def conv1d_matrix(W, width, stride=1, pad=0):
    k = W.shape[2]
    width_out = 1 + int((width + 2 * pad - k) / stride)
    row, column = np.indices((W.shape[1] * width_out, W.shape[0] * width))
    j, p = divmod(row, width_out)
    i, c = divmod(column, width)
    t = c - p * stride + pad
    return np.where((0 <= t) & (t < k), W[i, j, np.clip(t, 0, k - 1)], 0)


def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    spread = np.zeros((len(dY), stride * (dY.shape[1] - 1) + 1))
    spread[:, ::stride] = dY
    padded = np.pad(X, ((0, 0), (pad, pad)))
    rows = [[np.correlate(x, d, "valid")[:k] for d in spread] for x in padded.astype(float)]
    return np.array(rows)
