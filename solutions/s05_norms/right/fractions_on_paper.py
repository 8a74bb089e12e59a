"""Fractions in the tables, outputs rounded to three decimals, axes of length 1 kept."""

from fractions import Fraction

HALF = Fraction(1, 2)
MEANS = {
    "bn": [5 * HALF, 13 * HALF, "7/2", 3.5],
    "ln": np.array([3.5, 4.5]).reshape(2, 1, 1, 1),
    "gn": [[9 * HALF, 5 * HALF], [9 * HALF, 9 * HALF]],
    "in": X.mean(axis=(2, 3), keepdims=True),
}
VARIANCES = {
    "bn": ["9/4", "49/4", "121/4", "49/4"],
    "ln": (12.25, 20.25),
    "gn": ((2.25, 20.25), (20.25, 20.25)),
    "in": X.var(axis=(2, 3)).round(3),
}
OUTPUTS = {kind: np.round(out, 3).tolist() for kind, out in OUTPUTS.items()}
