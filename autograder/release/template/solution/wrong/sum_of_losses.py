"""The losses are added up, not averaged.

loses: q2
hint: divide by the number of rows
"""

mean_loss = cross_entropy


def cross_entropy(logits, labels):
    return len(labels) * mean_loss(logits, labels)
