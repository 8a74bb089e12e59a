"""The accuracy is a share of one, not per cent.

loses: q4
hint: in per cent
"""

_right_evaluate = evaluate


def evaluate(model, batches):
    loss, accuracy = _right_evaluate(model, batches)
    return loss, accuracy / 100
