"""dbeta is summed over the features.

loses: q5
hint: one dbeta per feature
"""


def bn_backward(dout, Z, gamma, eps):
    g = gamma[:, None]
    root = np.sqrt(Z.var(axis=1, keepdims=True) + eps)
    z_hat = (Z - Z.mean(axis=1, keepdims=True)) / root
    dZ = (
        g
        / root
        * (
            dout
            - dout.mean(axis=1, keepdims=True)
            - z_hat * (dout * z_hat).mean(axis=1, keepdims=True)
        )
    )
    return dZ, (dout * z_hat).sum(axis=1), dout.sum(axis=0)
