"""E is noted before each of n updates: the last one is missing.

loses: q4
hint: E after the last step is missing
"""

def sweep(rates, n):
    curves = {}
    for rate in rates:
        w, errors = np.array(WEIGHTS), []
        for _ in range(n):
            error, gradient = error_and_gradient(w, INPUTS, TARGETS)
            errors.append(error)
            w = w - rate * gradient
        curves[str(rate)] = errors
    return curves
