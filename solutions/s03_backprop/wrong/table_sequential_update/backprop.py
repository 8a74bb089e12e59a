"""The gradients are right, but w1 to w4 are updated after w5 to w8.

loses: q3
hint: take all eight gradients at the old weights
"""
