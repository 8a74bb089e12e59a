"""All gradients of the last layer use h where a_h belongs.

loses: q2
hint: not h1
"""

GRADIENTS = GRADIENTS | {
    "w5": error_at_output(a_o1, t1) * h1,
    "w6": error_at_output(a_o1, t1) * h2,
    "w7": error_at_output(a_o2, t2) * h1,
    "w8": error_at_output(a_o2, t2) * h2,
}
