"""The index assumes batches of one size.

loses: q6
hint: add up their lengths
"""

def misclassified(model, batches, most=10):
    model.eval()
    found, before = [], 0
    with torch.no_grad():
        for images, labels in batches:
            guesses = model(images).argmax(dim=1)
            for place in torch.nonzero(guesses != labels).flatten().tolist():
                found.append((before * len(labels) + place, int(labels[place]), int(guesses[place])))
            before += 1
    return found[:most]
