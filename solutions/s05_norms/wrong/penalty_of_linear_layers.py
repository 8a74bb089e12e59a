"""Only weights with two axes are found, and those of convolutions have four.

loses: q6
hint: the weights of the convolutions count too
"""

def l1_penalty(model):
    return sum(p.abs().sum() for p in model.parameters() if p.dim() == 2)
