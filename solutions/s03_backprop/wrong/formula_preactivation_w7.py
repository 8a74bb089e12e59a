"""dE/dw7 uses h1 where a_h1 belongs.

loses: q2
hint: multiply a_h1, not h1
"""

GRADIENTS = GRADIENTS | {"w7": error_at_output(a_o2, t2) * h1}
