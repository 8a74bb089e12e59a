"""The errors go back without the weights of their path.

loses: q2
hint: multiply each path by its weight
"""

GRADIENTS = GRADIENTS | {
    "w1": error_at_hidden(a_h1, 1, 1) * i1,
    "w2": error_at_hidden(a_h1, 1, 1) * i2,
    "w3": error_at_hidden(a_h2, 1, 1) * i1,
    "w4": error_at_hidden(a_h2, 1, 1) * i2,
}
