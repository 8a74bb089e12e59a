"""Everything is computed in place, in the arrays that were handed in where that is possible."""


def bn_train(Z, gamma, beta, eps):
    Z = Z.astype(float)
    mu = Z.mean(axis=1)
    Z -= mu[:, None]
    var = np.square(Z).mean(axis=1)
    Z *= (gamma / np.sqrt(var + eps))[:, None]
    Z += beta[:, None]
    return Z, mu, var


def update_running(running_mean, running_var, Z, momentum):
    running_mean *= 1 - momentum
    running_mean += momentum * Z.mean(axis=1)
    running_var *= 1 - momentum
    running_var += momentum * Z.var(axis=1, ddof=1)
    return running_mean, running_var


def bn_eval(Z, gamma, beta, mean, var, eps):
    Z -= mean[:, None]
    Z *= (gamma / np.sqrt(var + eps))[:, None]
    Z += beta[:, None]
    return Z
