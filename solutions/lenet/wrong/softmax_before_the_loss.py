"""The cross-entropy is given probabilities.

loses: q5
hint: it applies the softmax itself
"""

def train_step(model, optimizer, images, labels):
    optimizer.zero_grad()
    loss = F.cross_entropy(F.softmax(model(images), dim=1), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()
