"""The trainer puts numbers into the formulas of question 2, by lambdify."""

from sympy import lambdify

_LETTERS = [w1, w2, w3, w4, w5, w6, w7, w8, i1, i2, t1, t2, a_h1, a_h2, a_o1, a_o2]
_gradient = lambdify(_LETTERS, [GRADIENTS[f"w{k}"] for k in range(1, 9)])


def train(w, i, t, lr, n):
    w = list(w)
    for _ in range(n):
        now = forward(w, i, t)
        g = _gradient(*w, *i, *t, now["a_h1"], now["a_h2"], now["a_o1"], now["a_o2"])
        w = [old - lr * slope for old, slope in zip(w, g)]
    return w
