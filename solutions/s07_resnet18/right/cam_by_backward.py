"""Grad-CAM with a hook on the gradient and backward(); the loop runs image by image."""

def gradcam(model, layer, images, classes=None):
    model.eval()
    found = []
    for number in range(len(images)):
        one = images[number : number + 1]
        kept = {}

        def forward_hook(module, given, out, kept=kept):
            kept["maps"] = out
            out.register_hook(lambda slope: kept.update(slope=slope))

        handle = layer.register_forward_hook(forward_hook)
        scores = model(one)
        handle.remove()
        maps = kept["maps"]
        if maps.shape[-1] < 5 or maps.shape[-2] < 5:
            raise ValueError("the layer is too small")
        model.zero_grad()
        label = scores.argmax() if classes is None else classes[number]
        scores[0, label].backward()
        alpha = kept["slope"].mean((2, 3))
        cam = torch.einsum("nk,nkhw->nhw", alpha, maps).clamp(min=0)
        size = images.shape[-2:]
        found.append(F.interpolate(cam[None], size=size, mode="bilinear", align_corners=False)[0])
    return torch.cat(found)
