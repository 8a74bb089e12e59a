"""A rate starts where the last one ended, after one update more.

loses: q4
hint: ended after n + 1 steps
"""

def sweep(rates, n):
    curves, w = {}, np.array(WEIGHTS)
    for rate in rates:
        errors = []
        for _ in range(n + 1):
            error, gradient = error_and_gradient(w, INPUTS, TARGETS)
            errors.append(error)
            w = w - rate * gradient
        curves[str(rate)] = errors
    return curves
