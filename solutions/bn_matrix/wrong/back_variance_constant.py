"""The variance is treated as a constant.

loses: q5
hint: var depends on Z too
"""


def bn_backward(dout, Z, gamma, eps):
    g = gamma[:, None]
    root = np.sqrt(Z.var(axis=1, keepdims=True) + eps)
    z_hat = (Z - Z.mean(axis=1, keepdims=True)) / root
    dZ = g / root * (dout - dout.mean(axis=1, keepdims=True))
    return dZ, (dout * z_hat).sum(axis=1), dout.sum(axis=1)
