"""The mistakes as one tensor, the loss as a tensor, masks in place of loops."""

def misclassified(model, batches, most=10):
    model.train(False)
    rows, before = [], 0
    with torch.inference_mode():
        for images, labels in batches:
            guesses = model(images).max(1)[1]
            wrong = (guesses != labels).nonzero()[:, 0]
            rows.append(torch.stack([before + wrong, labels[wrong], guesses[wrong]], dim=1))
            before += labels.size(0)
    return torch.cat(rows)[:most]


def evaluate(model, batches):
    model.eval()
    with torch.no_grad():
        pairs = [(model(images), labels) for images, labels in batches]
    scores = torch.cat([score for score, _ in pairs])
    labels = torch.cat([label for _, label in pairs])
    right = scores.argmax(1).eq(labels)
    return F.cross_entropy(scores, labels), right.double().mean() * 100
