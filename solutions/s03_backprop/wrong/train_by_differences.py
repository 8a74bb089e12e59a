"""The slopes are small differences of E, not the gradients of question 2.

loses: q5
hint: not by small differences
"""


def train(w, i, t, lr, n):
    w = np.array(w, dtype=float)
    for _ in range(n):
        pairs = [(forward(w + d, i, t)["E"], forward(w - d, i, t)["E"]) for d in 1e-5 * np.eye(8)]
        w = w - lr * np.array([above - below for above, below in pairs]) / 2e-5
    return w.tolist()
