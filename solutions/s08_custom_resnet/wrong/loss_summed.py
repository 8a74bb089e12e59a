"""The losses of a batch are added up.

loses: q6
hint: the mean of the losses
"""

def train_step(model, optimizer, images, labels):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels, reduction="sum")
    loss.backward()
    optimizer.step()
    return loss.detach() / len(labels)
