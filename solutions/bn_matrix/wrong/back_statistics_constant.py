"""mu and the variance are treated as constants.

loses: q5
hint: mu depends on Z too
"""


def bn_backward(dout, Z, gamma, eps):
    g = gamma[:, None]
    root = np.sqrt(Z.var(axis=1, keepdims=True) + eps)
    z_hat = (Z - Z.mean(axis=1, keepdims=True)) / root
    dZ = g / root * dout
    return dZ, (dout * z_hat).sum(axis=1), dout.sum(axis=1)
