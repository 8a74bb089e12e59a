"""Kernels as column matrices, A as a list of its rows, np.matrix and single precision."""

_rows = A
A = [_rows.row(r) for r in range(4)]
B = np.matrix(_rows.T.tolist())
KERNELS_DX = [
    [Matrix([w11_3, w11_2, w11_1]), Matrix([w21_3, w21_2, w21_1])],
    [Matrix([w12_3, w12_2, w12_1]), Matrix([w22_3, w22_2, w22_1])],
]


def conv1d_matrix(W, width, stride=1, pad=0):
    inputs, outputs, k = W.shape
    width_out = (width + 2 * pad - k) // stride + 1

    def block(kernel):
        rows = np.zeros((width_out, width + 2 * pad), dtype=np.float32)
        for p in range(width_out):
            rows[p, p * stride : p * stride + k] = kernel
        return rows[:, pad : width + pad]

    return np.bmat([[block(W[i, j]) for i in range(inputs)] for j in range(outputs)])


def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    padded = np.pad(X.astype(np.float32), ((0, 0), (pad, pad)))
    gradient = np.zeros((len(X), len(dY), k), dtype=np.float32)
    for p in range(dY.shape[1]):
        window = padded[:, p * stride : p * stride + k]
        gradient += window[:, None, :] * dY.astype(np.float32)[None, :, p, None]
    return gradient
