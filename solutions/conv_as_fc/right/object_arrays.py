"""numpy arrays of symbols, filled by slices."""

_W = np.array(
    [
        [[w11_1, w11_2, w11_3], [w12_1, w12_2, w12_3]],
        [[w21_1, w21_2, w21_3], [w22_1, w22_2, w22_3]],
    ],
    dtype=object,
)
A = np.zeros((4, 8), dtype=object)
for _i in range(2):
    for _j in range(2):
        for _p in range(2):
            A[2 * _j + _p, 4 * _i + _p : 4 * _i + _p + 3] = _W[_i, _j]
B = A.transpose()
KERNELS_DX = _W.transpose(1, 0, 2)[:, :, ::-1]
PADDING_DX = np.int64(2)
IS_CONVOLUTION = np.True_
RELATION = "D"
