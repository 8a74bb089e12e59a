"""The rates are spaced evenly, so that nearly all of them are large.

loses: q3
hint: multiply by a constant
"""

def range_test(model, optimizer, batches, low, high):
    before = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
    gap = (high - low) / (len(batches) - 1)
    rates = [low + gap * k for k in range(len(batches))]
    losses = []
    for rate, (images, labels) in zip(rates, batches, strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate
        losses.append(float(train_step(model, optimizer, images, labels)))
    model.load_state_dict(before[0])
    optimizer.load_state_dict(before[1])
    return rates, losses
