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
    raise NotImplementedError("write gradcam")


def misclassified(model, batches, most=10):
    """Return the first `most` images that the model gets wrong, in the order of the data.

    `batches` yields (images, labels); the last batch may be smaller. The answer is a list of
    (index, label, prediction), ints, where index counts all images from 0. The model is put
    into evaluation mode.
    """
    raise NotImplementedError("write misclassified")
