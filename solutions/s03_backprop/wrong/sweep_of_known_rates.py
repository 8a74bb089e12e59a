"""The curve of the nearest of the six rates is returned for any other.

loses: q4
hint: not the nearest of the six
"""


def sweep(rates, n):
    curves = {}
    for rate in rates:
        nearest = min(RATES, key=lambda known: abs(known - rate))
        steps = descend(WEIGHTS, INPUTS, TARGETS, nearest, n)
        curves[str(rate)] = [float(error) for _, error, _ in steps]
    return curves
