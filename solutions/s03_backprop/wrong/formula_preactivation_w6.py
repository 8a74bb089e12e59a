"""dE/dw6 uses h2 where a_h2 belongs: a real spreadsheet had it.

loses: q2
hint: multiply a_h2, not h2
"""

GRADIENTS = GRADIENTS | {"w6": error_at_output(a_o1, t1) * h2}
