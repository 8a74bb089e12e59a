"""The way back with the m x m Jacobian of each feature."""


def bn_backward(dout, Z, gamma, eps):
    d, m = Z.shape
    dZ, dgamma = np.empty((d, m)), np.empty(d)
    for k in range(d):
        centre = np.eye(m) - np.ones((m, m)) / m
        c = centre @ Z[k]
        s = np.sqrt(c @ c / m + eps)
        jacobian = centre / s - np.outer(c, c) / (m * s**3)
        dZ[k] = gamma[k] * jacobian.T @ dout[k]
        dgamma[k] = dout[k] @ c / s
    return dZ, dgamma, dout @ np.ones(m)
