"""On the way back h1 reaches o2 by w6, and h2 reaches o1 by w7.

loses: q2
hint: h1 leads to o1 by w5 and to o2 by w7
"""

GRADIENTS = GRADIENTS | {
    "w1": error_at_hidden(a_h1, w5, w6) * i1,
    "w2": error_at_hidden(a_h1, w5, w6) * i2,
    "w3": error_at_hidden(a_h2, w7, w8) * i1,
    "w4": error_at_hidden(a_h2, w7, w8) * i2,
}
