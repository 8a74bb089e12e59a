"""Rows put together from lists of symbols; one einsum over weight, window and padding."""

_W = {i + j: list(symbols(f"w{i}{j}_1:4")) for i in "12" for j in "12"}


def _row(j, p):
    return [entry for i in "12" for entry in [0] * p + _W[i + j] + [0] * (1 - p)]


A = Matrix([_row(j, p) for j in "12" for p in (0, 1)])
B = A.T.tolist()
RELATION = "(d)"
PADDING_DX = 3 - 1
KERNELS_DX = np.array([[_W[i + j][::-1] for i in "12"] for j in "12"])


def conv1d_matrix(W, width, stride=1, pad=0):
    inputs, outputs, k = W.shape
    inner = np.eye(width + 2 * pad)[:, pad : pad + width]
    begin = np.arange(0, width + 2 * pad - k + 1, stride)
    chosen = np.zeros((k, len(begin), width + 2 * pad))
    for t in range(k):
        chosen[t, np.arange(len(begin)), begin + t] = 1
    full = np.einsum("ijt,tpc,cx->jpix", W, chosen, inner)
    return full.reshape(outputs * len(begin), inputs * width)


def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    zeros = np.zeros((len(X), pad))
    padded = np.concatenate([zeros, X, zeros], axis=1)
    count = dY.shape[1]
    return [
        [[float(np.dot(d, x[t::stride][:count])) for t in range(k)] for d in dY] for x in padded
    ]
