"""The gradient is added.

loses: q3
hint: goes uphill
"""
