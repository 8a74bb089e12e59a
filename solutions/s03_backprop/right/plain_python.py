"""Plain Python: math, lists and tuples, one weight at a time."""

import math


def _act(x):
    return 1.0 / (1.0 + math.exp(-x))


def _step(w, i, t, lr):
    w1, w2, w3, w4, w5, w6, w7, w8 = w
    p, q = _act(w1 * i[0] + w2 * i[1]), _act(w3 * i[0] + w4 * i[1])
    r, s = _act(w5 * p + w6 * q), _act(w7 * p + w8 * q)
    dr, ds = (r - t[0]) * r * (1 - r), (s - t[1]) * s * (1 - s)
    dp, dq = (dr * w5 + ds * w7) * p * (1 - p), (dr * w6 + ds * w8) * q * (1 - q)
    g = [dp * i[0], dp * i[1], dq * i[0], dq * i[1], dr * p, dr * q, ds * p, ds * q]
    return [x - lr * y for x, y in zip(w, g)], ((t[0] - r) ** 2 + (t[1] - s) ** 2) / 2


def train(w, i, t, lr, n):
    for _ in range(n):
        w, _error = _step(w, i, t, lr)
    return tuple(w)


def sweep(rates, n):
    curves = {}
    for rate in rates:
        w = list(WEIGHTS)
        errors = curves[f"{rate}"] = []
        for _ in range(n + 1):
            w, error = _step(w, INPUTS, TARGETS, rate)
            errors.append(error)
    return curves
