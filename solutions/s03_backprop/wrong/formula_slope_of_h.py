"""The slope of sigma is taken as h (1 - h).

loses: q2
hint: not h (1 - h)
"""

def error_at_hidden(h, to_o1, to_o2):
    first = error_at_output(a_o1, t1) * to_o1
    second = error_at_output(a_o2, t2) * to_o2
    return (first + second) * h * (1 - h)


GRADIENTS = GRADIENTS | {
    "w1": error_at_hidden(h1, w5, w7) * i1,
    "w2": error_at_hidden(h1, w5, w7) * i2,
    "w3": error_at_hidden(h2, w6, w8) * i1,
    "w4": error_at_hidden(h2, w6, w8) * i2,
}
