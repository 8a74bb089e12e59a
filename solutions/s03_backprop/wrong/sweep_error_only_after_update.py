"""E is noted after each of n updates: n values.

loses: q4
hint: note it first
"""

def sweep(rates, n):
    curves = {}
    for rate in rates:
        w, errors = np.array(WEIGHTS), []
        for _ in range(n):
            error, gradient = error_and_gradient(w, INPUTS, TARGETS)
            w = w - rate * gradient
            errors.append(error_and_gradient(w, INPUTS, TARGETS)[0])
        curves[str(rate)] = errors
    return curves
