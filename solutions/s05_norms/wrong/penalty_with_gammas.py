"""What is called weight is penalised: the gammas, too.

loses: q6
hint: gammas are called weight too
"""

def l1_penalty(model):
    return sum(p.abs().sum() for name, p in model.named_parameters() if "weight" in name)
