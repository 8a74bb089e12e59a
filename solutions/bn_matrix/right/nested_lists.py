"""Plain Python: nested lists, loops, no numpy in any answer."""

from math import sqrt

Z_HAT = [[-1, 1, 1, -1] for _ in range(3)]
Z_TILDE = [[value + b for value in row] for row, b in zip(Z_HAT, (0, -10, 10))]


def moments(row, less=0):
    mean = sum(row) / len(row)
    return mean, sum((z - mean) ** 2 for z in row) / (len(row) - less)


def bn_train(Z, gamma, beta, eps):
    rows, stats = Z.tolist(), [moments(row) for row in Z.tolist()]
    out = [
        [gamma[k] * (z - stats[k][0]) / sqrt(stats[k][1] + eps) + beta[k] for z in rows[k]]
        for k in range(len(rows))
    ]
    return out, [mu for mu, _ in stats], [var for _, var in stats]


def update_running(running_mean, running_var, Z, momentum):
    new = [moments(row, less=1) for row in Z.tolist()]
    means = [(1 - momentum) * o + momentum * n[0] for o, n in zip(running_mean, new)]
    return means, [(1 - momentum) * o + momentum * n[1] for o, n in zip(running_var, new)]


def bn_eval(Z, gamma, beta, mean, var, eps):
    return [
        [gamma[k] * (z - mean[k]) / sqrt(var[k] + eps) + beta[k] for z in Z[k].tolist()]
        for k in range(len(Z))
    ]


def bn_backward(dout, Z, gamma, eps):
    dZ, dgamma, dbeta = [], [], []
    for d, row, g in zip(dout.tolist(), Z.tolist(), gamma.tolist()):
        m, (mu, var) = len(row), moments(row)
        s = sqrt(var + eps)
        hat = [(z - mu) / s for z in row]
        dbeta.append(sum(d))
        dgamma.append(sum(a * b for a, b in zip(d, hat)))
        dZ.append([g / s * (a - dbeta[-1] / m - h * dgamma[-1] / m) for a, h in zip(d, hat)])
    return dZ, dgamma, dbeta
