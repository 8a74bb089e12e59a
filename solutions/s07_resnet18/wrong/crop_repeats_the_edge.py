"""The border repeats the last pixel, where zeros were asked for.

loses: q3
hint: do not repeat the edge
"""

def crop(images, places, margin=4):
    height, width = images.shape[2:]
    padded = F.pad(images, [margin] * 4, mode="replicate")
    cuts = zip(padded, places.tolist(), strict=True)
    return torch.stack([image[:, r : r + height, c : c + width] for image, (r, c) in cuts])
