"""The slope of sigma is taken as o (1 - o).

loses: q2
hint: not o (1 - o)
"""

def error_at_output(o, a_o, t):
    return (a_o - t) * o * (1 - o)


GRADIENTS = GRADIENTS | {
    "w5": error_at_output(o1, a_o1, t1) * a_h1,
    "w6": error_at_output(o1, a_o1, t1) * a_h2,
    "w7": error_at_output(o2, a_o2, t2) * a_h1,
    "w8": error_at_output(o2, a_o2, t2) * a_h2,
}
