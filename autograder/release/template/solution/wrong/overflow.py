"""The largest score is not subtracted: exp(1000) is infinite.

loses: q1
hint: an overflow
"""


def softmax(z):
    return np.exp(z) / np.exp(z).sum()
