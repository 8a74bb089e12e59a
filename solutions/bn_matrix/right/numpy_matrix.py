"""np.matrix, whose vectors are columns (d, 1) or rows (1, d)."""

Z_HAT = np.matrix("-1 1 1 -1; -1 1 1 -1; -1 1 1 -1")
Z_TILDE = Z_HAT + np.matrix(BETA).T


def line(Z, gamma, beta, mean, var, eps):
    gamma, beta = np.matrix(gamma).T, np.matrix(beta).T
    return np.multiply(gamma, (Z - mean) / np.sqrt(var + eps)) + beta


def bn_train(Z, gamma, beta, eps):
    Z = np.matrix(Z)
    mu, var = Z.mean(axis=1), Z.var(axis=1)
    return line(Z, gamma, beta, mu, var, eps), mu, var


def update_running(running_mean, running_var, Z, momentum):
    Z = np.matrix(Z)
    mean = (1 - momentum) * np.matrix(running_mean) + momentum * Z.mean(axis=1).T
    return mean, (1 - momentum) * np.matrix(running_var) + momentum * Z.var(axis=1, ddof=1).T


def bn_eval(Z, gamma, beta, mean, var, eps):
    return line(np.matrix(Z), gamma, beta, np.matrix(mean).T, np.matrix(var).T, eps)
