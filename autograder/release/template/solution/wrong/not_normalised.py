"""The powers are not divided by their sum.

loses: q1
hint: divide by the sum
"""


def softmax(z):
    return np.exp(z - np.max(z))
