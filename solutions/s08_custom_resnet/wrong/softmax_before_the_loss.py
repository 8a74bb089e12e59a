"""The loss is given probabilities.

loses: q6
hint: give the logits to the cross-entropy
"""

def train_step(model, optimizer, images, labels):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images).softmax(dim=1), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()
