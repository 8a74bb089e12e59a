"""The logarithm has base 2.

loses: q2
hint: use the natural logarithm
"""

natural = cross_entropy


def cross_entropy(logits, labels):
    return natural(logits, labels) / np.log(2)
