"""w4 is updated with the gradient of w3.

loses: q5
hint: w4 has a gradient of its own
"""

def train(w, i, t, lr, n):
    w = np.array(w, dtype=float)
    for _ in range(n):
        _, gradient = error_and_gradient(w, i, t)
        gradient[3] = gradient[2]
        w = w - lr * gradient
    return w.tolist()
