"""A rate starts where the last one ended.

loses: q4
hint: each rate starts from the given weights
"""

def sweep(rates, n):
    curves, w = {}, WEIGHTS
    for rate in rates:
        steps = list(descend(w, INPUTS, TARGETS, rate, n))
        w = steps[-1][0]
        curves[str(rate)] = [float(error) for _, error, _ in steps]
    return curves
