"""The way back by a complex step at each entry; the moments from the distances of all pairs."""


def bn_train(Z, gamma, beta, eps):
    apart = Z[:, :, None] - Z[:, None, :] * 1.0
    centred, var = apart.mean(axis=2), (apart**2).mean(axis=(1, 2)) / 2
    out = gamma[:, None] * centred / np.sqrt(var + eps)[:, None] + beta[:, None]
    return out, np.average(Z, axis=1), var


def bn_backward(dout, Z, gamma, eps):
    dZ, tiny = np.empty(Z.shape), 1e-30
    for k, j in np.ndindex(Z.shape):
        z = Z[k].astype(complex)
        z[j] += tiny * 1j
        centred = z - z.mean()
        out = gamma[k] * centred / np.sqrt((centred**2).mean() + eps)
        dZ[k, j] = dout[k] @ out.imag / tiny
    z_hat = bn_train(Z, np.ones(len(Z)), np.zeros(len(Z)), eps)[0]
    return dZ, (dout * z_hat).sum(axis=1), dout.sum(axis=1)
