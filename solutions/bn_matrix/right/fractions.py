"""Fractions on paper: the deviations of these rows are whole."""

from fractions import Fraction
from math import isqrt


def by_hand(row):
    mu = Fraction(sum(row), len(row))
    var = sum((z - mu) ** 2 for z in row) / len(row)
    return [(z - mu) / Fraction(isqrt(int(var))) for z in row]


ROWS = ([12, 14, 14, 12], [0, 10, 10, 0], [-5, 5, 5, -5])
Z_HAT = [by_hand(row) for row in ROWS]
Z_TILDE = [[z + Fraction(b) for z in row] for row, b in zip(Z_HAT, (0, -10, 10))]
