"""The sum is overwritten, layer by layer.

loses: q6
hint: the weights of the convolutions count too
"""

def l1_penalty(model):
    for p in model.parameters():
        if p.dim() > 1:
            total = p.abs().sum()
    return total
