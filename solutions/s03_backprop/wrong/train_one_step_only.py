"""n is ignored: there is always one step.

loses: q5
hint: whatever n is
"""

def train(w, i, t, lr, n):
    _, gradient = error_and_gradient(w, i, t)
    return (np.array(w) - lr * gradient).tolist()
