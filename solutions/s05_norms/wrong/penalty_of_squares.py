"""The squares are added up: that is L2.

loses: q6
hint: take absolute values, not squares
"""

def l1_penalty(model):
    return sum(p.pow(2).sum() for p in model.parameters() if p.dim() > 1)
