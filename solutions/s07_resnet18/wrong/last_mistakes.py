"""The last mistakes are given, not the first.

loses: q6
hint: not the last ones
"""

def misclassified(model, batches, most=10):
    model.eval()
    found, before = [], 0
    with torch.no_grad():
        for images, labels in batches:
            guesses = model(images).argmax(dim=1)
            for place in torch.nonzero(guesses != labels).flatten().tolist():
                found.append((before + place, int(labels[place]), int(guesses[place])))
            before += len(labels)
    return found[-most:]
