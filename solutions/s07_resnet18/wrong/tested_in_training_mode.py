"""The test runs in the mode the training left behind.

loses: q4
hint: model.eval()
"""

def evaluate(model, batches):
    loss, right, count = 0.0, 0, 0
    with torch.no_grad():
        for images, labels in batches:
            scores = model(images)
            loss += float(F.cross_entropy(scores, labels, reduction="sum"))
            right += int((scores.argmax(dim=1) == labels).sum())
            count += len(labels)
    return loss / count, 100 * right / count
