"""The loss is looked at, and no step is taken.

loses: q3
hint: train a step on each batch
"""

def range_test(model, optimizer, batches, low, high):
    before = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
    factor = (high / low) ** (1 / (len(batches) - 1))
    rates = [low * factor**k for k in range(len(batches))]
    losses = []
    for rate, (images, labels) in zip(rates, batches, strict=True):
        losses.append(float(F.cross_entropy(model(images), labels).detach()))
    model.load_state_dict(before[0])
    optimizer.load_state_dict(before[1])
    return rates, losses
