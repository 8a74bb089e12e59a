"""gamma is forgotten on the way back to Z.

loses: q5
hint: gamma multiplies on the way back too
"""


def bn_backward(dout, Z, gamma, eps):
    g = gamma[:, None]
    root = np.sqrt(Z.var(axis=1, keepdims=True) + eps)
    z_hat = (Z - Z.mean(axis=1, keepdims=True)) / root
    dZ = (
        dout - dout.mean(axis=1, keepdims=True) - z_hat * (dout * z_hat).mean(axis=1, keepdims=True)
    ) / root
    return dZ, (dout * z_hat).sum(axis=1), dout.sum(axis=1)
