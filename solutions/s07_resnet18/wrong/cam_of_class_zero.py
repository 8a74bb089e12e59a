"""Without classes, the map is that of class 0.

loses: q5
hint: take the predicted ones
"""

def gradcam(model, layer, images, classes=None):
    model.eval()
    kept = []
    hook = layer.register_forward_hook(lambda module, given, maps: kept.append(maps))
    scores = model(images)
    hook.remove()
    maps = kept[-1]
    if min(maps.shape[2:]) < 5:
        raise ValueError("take an earlier layer")
    classes = torch.zeros(len(images), dtype=torch.int64) if classes is None else classes
    chosen = scores.gather(1, classes[:, None]).sum()
    (slopes,) = torch.autograd.grad(chosen, maps)
    alpha = slopes.mean(dim=(2, 3), keepdim=True)
    seen = F.relu((alpha * maps).sum(dim=1, keepdim=True))
    larger = F.interpolate(seen, size=images.shape[2:], mode="bilinear", align_corners=False)
    return larger[:, 0].detach()
