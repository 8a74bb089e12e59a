"""The weights stay where the largest rate threw them.

loses: q3
hint: copies before the first step
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
    optimizer.load_state_dict(before[1])
    return rates, losses
