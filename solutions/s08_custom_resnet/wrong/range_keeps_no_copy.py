"""What is put back is the state that training changed: no copy was made.

loses: q3
hint: copies before the first step
"""

def range_test(model, optimizer, batches, low, high):
    before = model.state_dict(), copy.deepcopy(optimizer.state_dict())
    factor = (high / low) ** (1 / (len(batches) - 1))
    rates = [low * factor**k for k in range(len(batches))]
    losses = []
    for rate, (images, labels) in zip(rates, batches, strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate
        losses.append(float(train_step(model, optimizer, images, labels)))
    model.load_state_dict(before[0])
    optimizer.load_state_dict(before[1])
    return rates, losses
