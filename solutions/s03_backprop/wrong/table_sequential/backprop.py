"""w5 to w8 change before the gradients of w1 to w4 are taken.

loses: q3
hint: take all eight gradients at the old weights
"""
