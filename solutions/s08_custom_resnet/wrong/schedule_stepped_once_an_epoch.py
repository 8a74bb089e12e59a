"""The schedule takes its step after the epoch.

loses: q6
hint: not after the epoch
"""

def train_epoch(model, optimizer, schedule, batches):
    model.train()
    losses = []
    for images, labels in batches:
        losses.append(train_step(model, optimizer, images, labels))
    schedule.step()
    return torch.stack(losses).mean()
