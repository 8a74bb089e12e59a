"""The slope of sigma at the outputs is missing.

loses: q2
hint: at the output is missing
"""

def error_at_output(a_o, t):
    return a_o - t


GRADIENTS = {
    "w1": error_at_hidden(a_h1, w5, w7) * i1,
    "w2": error_at_hidden(a_h1, w5, w7) * i2,
    "w3": error_at_hidden(a_h2, w6, w8) * i1,
    "w4": error_at_hidden(a_h2, w6, w8) * i2,
    "w5": error_at_output(a_o1, t1) * a_h1,
    "w6": error_at_output(a_o1, t1) * a_h2,
    "w7": error_at_output(a_o2, t2) * a_h1,
    "w8": error_at_output(a_o2, t2) * a_h2,
}
