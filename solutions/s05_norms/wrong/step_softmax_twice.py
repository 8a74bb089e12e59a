"""The cross-entropy is given probabilities.

loses: q6
hint: it applies the softmax itself
"""

def train_step(model, optimizer, images, labels, l1=0.0):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images).softmax(1), labels) + l1 * l1_penalty(model)
    loss.backward()
    optimizer.step()
    return loss.detach()
