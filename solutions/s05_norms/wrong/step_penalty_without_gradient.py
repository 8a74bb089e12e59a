"""The penalty is added as a plain number.

loses: q6
hint: the penalty has no gradient
"""

def train_step(model, optimizer, images, labels, l1=0.0):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels) + l1 * l1_penalty(model).item()
    loss.backward()
    optimizer.step()
    return loss.detach()
