"""The loss gets probabilities.

loses: q5
hint: give the logits to the cross-entropy
"""

def train_step(model, optimizer, images, labels):
    optimizer.zero_grad()
    loss = F.cross_entropy(F.softmax(model(images), dim=1), labels)
    loss.backward()
    optimizer.step()
    return loss
