"""The learning rate is written into the call, the argument is not used.

loses: q5
hint: hand the argument on
"""

def make_optimizer(model, lr):
    return torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9)
