"""The length of the vector of weights, as norm() gives it by default.

loses: q6
hint: that is the length of the vector
"""

def l1_penalty(model):
    return torch.cat([p.flatten() for p in model.parameters() if p.dim() > 1]).norm()
