"""The weights come back as they were.

loses: q5
hint: yours takes none
"""

def train(w, i, t, lr, n):
    return list(w)
