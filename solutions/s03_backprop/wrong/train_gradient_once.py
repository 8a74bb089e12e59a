"""The gradient is taken once and applied n times.

loses: q5
hint: take the gradient anew
"""

def train(w, i, t, lr, n):
    _, gradient = error_and_gradient(w, i, t)
    return (np.array(w) - n * lr * gradient).tolist()
