"""The gradients of earlier batches add up.

loses: q6
hint: set the gradients to zero
"""

def train_step(model, optimizer, images, labels, l1=0.0):
    if l1:
        optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels) + l1 * l1_penalty(model)
    loss.backward()
    optimizer.step()
    return loss.detach()
