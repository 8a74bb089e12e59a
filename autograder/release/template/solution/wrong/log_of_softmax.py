"""The logarithm of a share that is rounded to 0 is taken.

loses: q2
hint: a log of zero
"""


def cross_entropy(logits, labels):
    shares = np.array([softmax(row) for row in logits])
    return -np.log(shares[np.arange(len(labels)), labels]).mean()
