"""The gradients of w3 and w4 are copies of those of w1 and w2.

loses: q2
hint: lead to h2, not to h1
"""

GRADIENTS = GRADIENTS | {"w3": GRADIENTS["w1"], "w4": GRADIENTS["w2"]}
