"""The gradient of the start is used in all steps.

loses: q4
hint: take the gradient anew at each step
"""

def sweep(rates, n):
    _, gradient = error_and_gradient(WEIGHTS, INPUTS, TARGETS)
    curves = {}
    for rate in rates:
        path = (WEIGHTS - k * rate * gradient for k in range(n + 1))
        curves[str(rate)] = [error_and_gradient(w, INPUTS, TARGETS)[0] for w in path]
    return curves
