"""The mean absolute distance is taken for the variance.

loses: q1
hint: square the distances
"""

PAIRS = X.reshape(2, 2, 2, 2, 2)
VARIANCES = {
    "bn": abs(X - X.mean((0, 2, 3), keepdims=True)).mean((0, 2, 3)),
    "ln": abs(X - X.mean((1, 2, 3), keepdims=True)).mean((1, 2, 3)),
    "gn": abs(PAIRS - PAIRS.mean((2, 3, 4), keepdims=True)).mean((2, 3, 4)),
    "in": abs(X - X.mean((2, 3), keepdims=True)).mean((2, 3)),
}
