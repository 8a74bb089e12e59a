"""dZ is computed as if eps were 0.

loses: q5
hint: use the eps you are given
"""


def bn_backward(dout, Z, gamma, eps):
    g = gamma[:, None]
    root = np.sqrt(Z.var(axis=1, keepdims=True) + eps)
    z_hat = (Z - Z.mean(axis=1, keepdims=True)) / root
    own = Z.std(axis=1, keepdims=True)
    u = (Z - Z.mean(axis=1, keepdims=True)) / own
    dZ = (
        g
        / own
        * (dout - dout.mean(axis=1, keepdims=True) - u * (dout * u).mean(axis=1, keepdims=True))
    )
    return dZ, (dout * z_hat).sum(axis=1), dout.sum(axis=1)
