"""Augmentation image by image, with lists."""

def flip(images, draw):
    chances = torch.rand(len(images), generator=draw).tolist()
    return torch.stack([x.flip(-1) if p > 0.5 else x for x, p in zip(images, chances)])


def shift(images, draw, most=4):
    moved = torch.zeros_like(images)
    height, width = images.shape[2:]
    for n in range(len(images)):
        y, x = torch.randint(-most, most + 1, (2,), generator=draw).tolist()
        ys, yt = max(0, -y), max(0, y)
        xs, xt = max(0, -x), max(0, x)
        h, w = height - abs(y), width - abs(x)
        moved[n, :, yt : yt + h, xt : xt + w] = images[n, :, ys : ys + h, xs : xs + w]
    return moved


def cutout(images, draw, size=16):
    images = images.clone()
    height, width = images.shape[2:]
    for image in images:
        y = int(torch.randint(0, height, (1,), generator=draw)) - size // 2
        x = int(torch.randint(0, width, (1,), generator=draw)) - size // 2
        image[:, max(y, 0) : max(y + size, 0), max(x, 0) : max(x + size, 0)] = 0
    return images
