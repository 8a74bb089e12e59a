"""Statistics and gradients keep their second axis; lists instead of tuples."""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1, keepdims=True)
    var = Z.var(axis=1, keepdims=True)
    out = gamma.reshape(-1, 1) * (Z - mu) / (var + eps) ** 0.5 + beta.reshape(-1, 1)
    return [out, mu, var]


def update_running(running_mean, running_var, Z, momentum):
    mu, var = Z.mean(axis=1, keepdims=True), Z.var(axis=1, ddof=1, keepdims=True)
    old_mean, old_var = running_mean.reshape(-1, 1), running_var.reshape(-1, 1)
    mean = (1 - momentum) * old_mean + momentum * mu
    return [mean, (1 - momentum) * old_var + momentum * var]


def bn_backward(dout, Z, gamma, eps):
    s = (Z.var(axis=1, keepdims=True) + eps) ** 0.5
    hat = (Z - Z.mean(axis=1, keepdims=True)) / s
    dbeta, dgamma = dout.sum(axis=1, keepdims=True), (dout * hat).sum(axis=1, keepdims=True)
    m = Z.shape[1]
    return [gamma.reshape(-1, 1) / s * (dout - dbeta / m - hat * dgamma / m), dgamma, dbeta]
