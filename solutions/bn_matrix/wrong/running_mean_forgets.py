"""The running mean is replaced by the mean of the last batch.

loses: q4
hint: keep the share 1 - momentum
"""


def update_running(running_mean, running_var, Z, momentum):
    mean = Z.mean(axis=1)
    var = (1 - momentum) * running_var + momentum * Z.var(axis=1, ddof=1)
    return mean, var
