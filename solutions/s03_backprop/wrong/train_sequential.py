"""w5 to w8 change before the gradients of w1 to w4 are taken.

loses: q5
hint: take all eight gradients at the old weights
"""

def train(w, i, t, lr, n):
    w = np.array(w, dtype=float)
    for _ in range(n):
        _, gradient = error_and_gradient(w, i, t)
        w[4:] -= lr * gradient[4:]
        w[:4] -= lr * error_and_gradient(w, i, t)[1][:4]
    return w.tolist()
