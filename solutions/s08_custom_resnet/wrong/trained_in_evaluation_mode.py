"""The model stays in evaluation mode after the first evaluation.

loses: q6
hint: evaluation ended it
"""

def train_epoch(model, optimizer, schedule, batches):
    losses = []
    for images, labels in batches:
        losses.append(train_step(model, optimizer, images, labels))
        schedule.step()
    return torch.stack(losses).mean()
