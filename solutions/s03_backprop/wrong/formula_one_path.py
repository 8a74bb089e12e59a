"""Only the path through o1 is followed back.

loses: q2
hint: add up the two paths
"""

def only_first(a_h, to_o1):
    return error_at_output(a_o1, t1) * to_o1 * a_h * (1 - a_h)


GRADIENTS = GRADIENTS | {
    "w1": only_first(a_h1, w5) * i1,
    "w2": only_first(a_h1, w5) * i2,
    "w3": only_first(a_h2, w6) * i1,
    "w4": only_first(a_h2, w6) * i2,
}
