"""E is noted after each update: the first value is E1.

loses: q4
hint: note it first
"""

def sweep(rates, n):
    curves = {}
    for rate in rates:
        w, errors = np.array(WEIGHTS), []
        for _ in range(n + 1):
            error, gradient = error_and_gradient(w, INPUTS, TARGETS)
            w = w - rate * gradient
            errors.append(error_and_gradient(w, INPUTS, TARGETS)[0])
        curves[str(rate)] = errors
    return curves
