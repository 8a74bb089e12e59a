"""For n = 0 one step is taken all the same.

loses: q5
hint: n = 0 is no step
"""

def train(w, i, t, lr, n):
    w = np.array(w)
    while True:
        w = w - lr * error_and_gradient(w, i, t)[1]
        n -= 1
        if n <= 0:
            return w.tolist()
