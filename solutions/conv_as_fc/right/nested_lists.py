"""Nested lists throughout, plain Python arithmetic, no array returned."""

def _rows(first, second):
    return [[*first, 0, *second, 0], [0, *first, 0, *second]]


A = _rows([w11_1, w11_2, w11_3], [w21_1, w21_2, w21_3]) + _rows(
    [w12_1, w12_2, w12_3], [w22_1, w22_2, w22_3]
)
B = [list(column) for column in zip(*A)]
RELATION = " D) "
PADDING_DX = 2.0
KERNELS_DX = tuple(
    tuple(tuple(kernel[::-1]) for kernel in row)
    for row in (
        ((w11_1, w11_2, w11_3), (w21_1, w21_2, w21_3)),
        ((w12_1, w12_2, w12_3), (w22_1, w22_2, w22_3)),
    )
)


def conv1d_matrix(W, width, stride=1, pad=0):
    W = W.tolist()
    inputs, outputs, k = len(W), len(W[0]), len(W[0][0])
    rows = []
    for j in range(outputs):
        for start in range(-pad, width + pad - k + 1, stride):
            row = []
            for i in range(inputs):
                row += [W[i][j][c - start] if 0 <= c - start < k else 0 for c in range(width)]
            rows.append(row)
    return rows


def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    dY, X = dY.tolist(), X.tolist()
    padded = [[0] * pad + row + [0] * pad for row in X]
    return [
        [[sum(d * x[p * stride + t] for p, d in enumerate(row)) for t in range(k)] for row in dY]
        for x in padded
    ]
