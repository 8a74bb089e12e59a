"""The optimizer is given the parameters of one part.

loses: q6
hint: all of model.parameters()
"""

def make_optimizer(model):
    return torch.optim.SGD(next(model.children()).parameters(), lr=LR_MAX, momentum=0.9)
