"""All three networks get the penalty.

loses: q6
hint: to no other
"""

def l1_strength(norm):
    return 2e-5
