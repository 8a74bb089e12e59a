"""The network with group norm gets the penalty as well.

loses: q6
hint: to no other
"""

def l1_strength(norm):
    return 0.0 if norm == "ln" else 2e-5
