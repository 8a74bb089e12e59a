"""Exact sympy numbers, with the stride's division rounded by sympy's floor."""

from sympy import Integer, Rational, floor

BLOCK_PARAMETERS = Integer(9) * 128 * 256 + Integer(9) * 256 * 512
BLOCK_MACS = floor(Rational(64 + 2 - 3, 2) + 1) ** 2 * BLOCK_PARAMETERS
MEMORY_CHANGE_PERCENT = Integer(0)


def memory_change_percent(before, after):
    old, new = (Integer(s[0]) * s[1] * s[2] for s in (before, after))
    return 100 * (new - old) / old


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    return floor(Rational(n + 2 * padding - dilation * (kernel - 1) - 1, stride)) + 1
