"""A and B as derivatives of the outputs and of a loss, the kernels read off B."""

_x = Matrix(2, 4, symbols("x11:15 x21:25"))
_w = {
    (1, 1): (w11_1, w11_2, w11_3),
    (1, 2): (w12_1, w12_2, w12_3),
    (2, 1): (w21_1, w21_2, w21_3),
    (2, 2): (w22_1, w22_2, w22_3),
}
_y = Matrix(
    [
        sum(_w[i, j][t] * _x[i - 1, p + t] for i in (1, 2) for t in range(3))
        for j in (1, 2)
        for p in range(2)
    ]
)
A = _y.jacobian(list(_x))
_g = Matrix(symbols("g1:5"))
_loss = (_g.T * _y)[0]
B = Matrix([_loss.diff(x) for x in _x]).jacobian(list(_g))
KERNELS_DX = [
    [[B[4 * i + 2, 2 * j], B[4 * i + 1, 2 * j], B[4 * i, 2 * j]] for i in range(2)]
    for j in range(2)
]


def _forward(W, X, stride, pad):
    padded = np.pad(X, ((0, 0), (pad, pad)))
    k = W.shape[2]
    count = (padded.shape[1] - k) // stride + 1
    return np.array(
        [
            [np.sum(W[:, j] * padded[:, p * stride : p * stride + k]) for p in range(count)]
            for j in range(W.shape[1])
        ]
    )


def conv1d_matrix(W, width, stride=1, pad=0):
    columns = []
    for c in range(W.shape[0] * width):
        unit = np.zeros(W.shape[0] * width)
        unit[c] = 1
        columns.append(_forward(W, unit.reshape(-1, width), stride, pad).ravel())
    return np.array(columns).T


def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    gradient = np.zeros((X.shape[0], dY.shape[0], k))
    for place in np.ndindex(gradient.shape):
        unit = np.zeros(gradient.shape)
        unit[place] = 1
        gradient[place] = np.sum(dY * _forward(unit, X, stride, pad))
    return gradient
