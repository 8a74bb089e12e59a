"""The epoch ends after its first batch.

loses: q6
hint: look where `return` stands
"""

def train_epoch(model, optimizer, schedule, batches):
    model.train()
    for images, labels in batches:
        loss = train_step(model, optimizer, images, labels)
        schedule.step()
        return loss
