"""Every curve is that of rate 0.5.

loses: q4
hint: not 0.5
"""

def sweep(rates, n):
    curves = {}
    for rate in rates:
        w, errors = np.array(WEIGHTS), []
        for _ in range(n + 1):
            error, gradient = error_and_gradient(w, INPUTS, TARGETS)
            errors.append(error)
            w = w - 0.5 * gradient
        curves[str(rate)] = errors
    return curves
