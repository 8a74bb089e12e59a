"""The result is written into an array of the type of the scores, which may be whole numbers.

loses: q1
hint: keeps whole numbers only
"""


def softmax(z):
    shares = np.zeros_like(z)
    shares[:] = np.exp(z - np.max(z)) / np.exp(z - np.max(z)).sum()
    return shares
