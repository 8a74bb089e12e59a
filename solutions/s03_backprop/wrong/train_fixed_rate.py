"""The rate is always 0.5.

loses: q5
hint: use the rate lr
"""

def train(w, i, t, lr, n):
    w = np.array(w, dtype=float)
    for _ in range(n):
        _, gradient = error_and_gradient(w, i, t)
        w = w - 0.5 * gradient
    return w.tolist()
