"""The old value keeps its full weight.

loses: q4
hint: counts 1 - momentum, not 1
"""


def update_running(running_mean, running_var, Z, momentum):
    mean = running_mean + momentum * Z.mean(axis=1)
    var = running_var + momentum * Z.var(axis=1, ddof=1)
    return mean, var
