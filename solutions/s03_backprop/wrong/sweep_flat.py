"""The curves are flat: the weights never change.

loses: q4
hint: E changes from step to step
"""

def sweep(rates, n):
    start, _ = error_and_gradient(WEIGHTS, INPUTS, TARGETS)
    return {str(rate): [start] * (n + 1) for rate in rates}
