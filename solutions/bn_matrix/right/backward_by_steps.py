"""The way back along the graph: variance first, then mean."""


def bn_backward(dout, Z, gamma, eps):
    m = Z.shape[1]
    mu = Z.mean(axis=1, keepdims=True)
    var = Z.var(axis=1, keepdims=True)
    dz_hat = dout * gamma[:, None]
    dvar = (dz_hat * (Z - mu) * -0.5 * (var + eps) ** -1.5).sum(axis=1, keepdims=True)
    dmu = (-dz_hat / np.sqrt(var + eps)).sum(axis=1, keepdims=True)
    dmu = dmu + dvar * (-2 * (Z - mu)).mean(axis=1, keepdims=True)
    dZ = dz_hat / np.sqrt(var + eps) + dvar * 2 * (Z - mu) / m + dmu / m
    return dZ, (dout * (Z - mu) / np.sqrt(var + eps)).sum(axis=1), dout.sum(axis=1)
