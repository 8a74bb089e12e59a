"""Two ways to look at a trained classifier: where it looked, and what it got wrong."""

import torch
import torch.nn.functional as F

SMALLEST = 5  # a map of fewer rows or columns says too little about where


def gradcam(model, layer, images, classes=None):
    """Return where the model sees each class: maps (N, H, W) for images (N, C, H, W).

    A_k are the maps that `layer`, a module inside `model`, gives; y_c is the score, before any
    softmax, of the class asked for. alpha_k is the mean over the map of dy_c / dA_k, and the
    answer is ReLU(sum over k of alpha_k A_k), then enlarged to H x W by bilinear
    interpolation (align_corners=False), and not rescaled (Selvaraju et al., 2017).

    `classes` (N,) are the classes; None takes the one that the model predicts. The model is
    put into evaluation mode and stays there; no hook stays on it. Raises ValueError where
    the maps of the layer have fewer than 5 rows or columns.
    """
    # BEGIN SOLUTION
    model.train(False)  # a dropout would blot out maps at random, a batch norm mix the images
    kept = []
    hook = layer.register_forward_hook(lambda module, given, maps: kept.append(maps))
    try:
        scores = model(images)
    finally:
        hook.remove()
    maps = kept[-1]
    if min(maps.shape[2:]) < SMALLEST:
        raise ValueError(f"the layer's maps are {tuple(maps.shape[2:])}: take an earlier layer")
    if classes is None:
        classes = scores.argmax(dim=1)
    # In evaluation mode no image touches another, so the sum's gradient is each one's own.
    chosen = scores.gather(1, classes[:, None]).sum()
    (slopes,) = torch.autograd.grad(chosen, maps)
    alpha = slopes.mean(dim=(2, 3), keepdim=True)
    seen = F.relu((alpha * maps).sum(dim=1, keepdim=True))
    larger = F.interpolate(seen, size=images.shape[2:], mode="bilinear", align_corners=False)
    return larger[:, 0].detach()
    # END SOLUTION


def misclassified(model, batches, most=10):
    """Return the first `most` images that the model gets wrong, in the order of the data.

    `batches` yields (images, labels); the last batch may be smaller. The answer is a list of
    (index, label, prediction), ints, where index counts all images from 0. The model is put
    into evaluation mode.
    """
    # BEGIN SOLUTION
    model.train(False)
    found, before = [], 0
    with torch.no_grad():
        for images, labels in batches:
            guesses = model(images).argmax(dim=1)
            for place in torch.nonzero(guesses != labels).flatten().tolist():
                found.append((before + place, int(labels[place]), int(guesses[place])))
            before += len(labels)
            if len(found) >= most:
                break
    return found[:most]
    # END SOLUTION
