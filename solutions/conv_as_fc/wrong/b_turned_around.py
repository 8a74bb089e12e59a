"""B is the transpose with both orders reversed, as if a flip belonged to it.

loses: q2
hint: turn nothing around
"""

B = A[::-1, ::-1].T
