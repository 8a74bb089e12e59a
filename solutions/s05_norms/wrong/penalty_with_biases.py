"""All parameters are penalised.

loses: q6
hint: leave biases out
"""

def l1_penalty(model):
    return sum(p.abs().sum() for p in model.parameters())
