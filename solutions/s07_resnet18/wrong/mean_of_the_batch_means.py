"""The batches count alike, whatever their sizes.

loses: q4
hint: divide once
"""

def evaluate(model, batches):
    model.eval()
    losses, shares = [], []
    with torch.no_grad():
        for images, labels in batches:
            scores = model(images)
            losses.append(float(F.cross_entropy(scores, labels)))
            shares.append(float((scores.argmax(dim=1) == labels).float().mean()))
    return sum(losses) / len(losses), 100 * sum(shares) / len(shares)
