"""w5 to w8 change before the gradients of w1 to w4 are taken.

loses: q4
hint: take all eight gradients at the old weights
"""

def sweep(rates, n):
    curves = {}
    for rate in rates:
        w, errors = np.array(WEIGHTS), []
        for _ in range(n + 1):
            error, gradient = error_and_gradient(w, INPUTS, TARGETS)
            errors.append(error)
            w[4:] -= rate * gradient[4:]
            w[:4] -= rate * error_and_gradient(w, INPUTS, TARGETS)[1][:4]
        curves[str(rate)] = errors
    return curves
