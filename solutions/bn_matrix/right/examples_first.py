"""One row an example, as most frameworks have it."""

LAYOUT = "examples_first"
X = np.array([[12, 0, -5], [14, 10, 5], [14, 10, 5], [12, 0, -5]])
Z_HAT = (X - X.mean(0)) / X.std(0)
Z_TILDE = np.ones(3) * Z_HAT + np.array([0, -10, 10])


def bn_train(Z, gamma, beta, eps):
    mu, var = Z.mean(0), Z.var(0)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta, mu, var


def update_running(running_mean, running_var, Z, momentum):
    mean = running_mean + momentum * (Z.mean(0) - running_mean)
    return mean, running_var + momentum * (Z.var(0, ddof=1) - running_var)


def bn_eval(Z, gamma, beta, mean, var, eps):
    return gamma * (Z - mean) / np.sqrt(var + eps) + beta


def bn_backward(dout, Z, gamma, eps):
    root = np.sqrt(Z.var(0) + eps)
    hat = (Z - Z.mean(0)) / root
    dgamma, dbeta = (dout * hat).sum(0), dout.sum(0)
    return gamma / root * (dout - dbeta / len(Z) - hat * dgamma / len(Z)), dgamma, dbeta
