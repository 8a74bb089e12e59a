"""train_step takes the strength and does not use it.

loses: q6
hint: the penalty has no gradient
"""

def train_step(model, optimizer, images, labels, l1=0.0):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()
