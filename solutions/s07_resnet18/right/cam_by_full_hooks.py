"""Grad-CAM with a full backward hook on the layer."""

def gradcam(model, layer, images, classes=None):
    model = model.eval()
    maps, slopes = [], []
    hooks = [
        layer.register_forward_hook(lambda m, given, out: maps.append(out.detach())),
        layer.register_full_backward_hook(lambda m, given, out: slopes.append(out[0].detach())),
    ]
    scores = model(images)
    if classes is None:
        classes = scores.max(dim=1).indices
    one_hot = F.one_hot(classes, scores.shape[1]).to(scores.dtype)
    scores.backward(gradient=one_hot)
    for hook in hooks:
        hook.remove()
    if min(maps[0].shape[-2:]) < 5:
        raise ValueError("the layer is too small")
    cam = torch.relu((slopes[0].mean([2, 3])[:, :, None, None] * maps[0]).sum(1))
    return F.interpolate(cam.unsqueeze(1), images.shape[-2:], mode="bilinear").squeeze(1)
