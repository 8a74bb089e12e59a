"""The rates are numbers, not texts, in the dict.

loses: q4
hint: write each key as a text
"""

def sweep(rates, n):
    curves = {}
    for rate in rates:
        steps = descend(WEIGHTS, INPUTS, TARGETS, rate, n)
        curves[rate] = [float(error) for _, error, _ in steps]
    return curves
