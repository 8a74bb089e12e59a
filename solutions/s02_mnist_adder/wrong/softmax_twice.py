"""The loss gets probabilities.

loses: q4
hint: give logits to the cross-entropy
"""

def loss(digits, sums, digit, total):
    one = F.cross_entropy(digits.softmax(1), digit)
    return one + F.cross_entropy(sums.softmax(1), total)
