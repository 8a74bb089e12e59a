"""The optimizer keeps the largest rate.

loses: q3
hint: the optimizer has a state too
"""

def range_test(model, optimizer, batches, low, high):
    before = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
    factor = (high / low) ** (1 / (len(batches) - 1))
    rates = [low * factor**k for k in range(len(batches))]
    losses = []
    for rate, (images, labels) in zip(rates, batches, strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate
        losses.append(float(train_step(model, optimizer, images, labels)))
    model.load_state_dict(before[0])
    return rates, losses
