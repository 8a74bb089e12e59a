"""The means are subtracted, and nothing is divided.

loses: q2
hint: divide by the root of the variance
"""

OUTPUTS = {
    "bn": X - X.mean((0, 2, 3), keepdims=True),
    "ln": X - X.mean((1, 2, 3), keepdims=True),
    "gn": X - np.repeat(MEANS["gn"], 2, 1).reshape(2, 4, 1, 1),
    "in": X - X.mean((2, 3), keepdims=True),
}
