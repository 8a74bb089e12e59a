"""Only the path through o1 is followed back.

loses: q5
hint: add up the two paths
"""

def train(w, i, t, lr, n):
    w = np.array(w, dtype=float)
    for _ in range(n):
        _, gradient = error_and_gradient(w, i, t)
        V, U = np.reshape(w, (2, 2, 2))
        h = V @ i
        a_h = sigma(h)
        a_o = sigma(U @ a_h)
        at_o = (a_o - t) * a_o * (1 - a_o)
        gradient[:4] = np.outer(U[0] * at_o[0] * a_h * (1 - a_h), i).ravel()
        w = w - lr * gradient
    return w.tolist()
