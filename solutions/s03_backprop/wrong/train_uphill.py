"""The gradient is added.

loses: q5
hint: goes uphill
"""

def train(w, i, t, lr, n):
    w = np.array(w, dtype=float)
    for _ in range(n):
        _, gradient = error_and_gradient(w, i, t)
        w = w + lr * gradient
    return w.tolist()
