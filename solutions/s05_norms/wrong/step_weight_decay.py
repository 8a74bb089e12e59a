"""The optimiser's weight decay is taken for L1.

loses: q6
hint: that is weight decay
"""

def train_step(model, optimizer, images, labels, l1=0.0):
    optimizer.param_groups[0]["weight_decay"] = l1
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()
