"""The rates are listed, but the optimizer never gets to know them.

loses: q3
hint: set the rate in every group
"""

def range_test(model, optimizer, batches, low, high):
    before = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
    factor = (high / low) ** (1 / (len(batches) - 1))
    rates = [low * factor**k for k in range(len(batches))]
    losses = []
    for rate, (images, labels) in zip(rates, batches, strict=True):
        losses.append(float(train_step(model, optimizer, images, labels)))
    model.load_state_dict(before[0])
    optimizer.load_state_dict(before[1])
    return rates, losses
