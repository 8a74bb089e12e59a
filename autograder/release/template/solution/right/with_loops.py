"""Plain Python: math, lists and loops."""

import math


def softmax(z):
    largest = max(z)
    powers = [math.exp(score - largest) for score in z]
    return [power / sum(powers) for power in powers]


def cross_entropy(logits, labels):
    total = 0.0
    for row, label in zip(logits.tolist(), labels):
        largest = max(row)
        total += largest + math.log(sum(math.exp(score - largest) for score in row)) - row[label]
    return total / len(labels)
