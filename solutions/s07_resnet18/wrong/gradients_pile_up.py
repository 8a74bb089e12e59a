"""The gradients are never set to zero.

loses: q4
hint: zero before each backward pass
"""

def train_step(model, optimizer, images, labels):
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()
