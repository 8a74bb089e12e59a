"""The mean over the weights, not their sum.

loses: q6
hint: a mean makes the penalty depend
"""

def l1_penalty(model):
    return torch.cat([p.abs().flatten() for p in model.parameters() if p.dim() > 1]).mean()
