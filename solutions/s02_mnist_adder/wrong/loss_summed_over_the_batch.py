"""Losses are summed over the batch.

loses: q4
hint: take the mean over the batch
"""

def loss(digits, sums, digit, total):
    one = F.cross_entropy(digits, digit, reduction="sum")
    return one + F.cross_entropy(sums, total, reduction="sum")
