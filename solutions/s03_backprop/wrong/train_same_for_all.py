"""Every weight falls by the same small amount, whatever the network.

loses: q5
hint: against their gradient
"""


def train(w, i, t, lr, n):
    return [x - 0.1 * lr * n for x in w]
