"""The optimiser never takes its step.

loses: q5
hint: take the step
"""

def train_step(model, optimizer, images, labels):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    return loss
