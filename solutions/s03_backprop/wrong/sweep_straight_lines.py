"""The curves are straight lines from the right E0, the same for every rate.

loses: q4
hint: the more the larger the rate
"""


def sweep(rates, n):
    start, _ = error_and_gradient(WEIGHTS, INPUTS, TARGETS)
    return {str(rate): [start - 0.01 * k for k in range(n + 1)] for rate in rates}
