"""The mirror before the crop, which is the same; holes by multiplication; a generator of batches."""

def augment(images, generator):
    n = len(images)
    coins = torch.rand(n, generator=generator) > 0.5
    images = torch.where(coins.view(n, 1, 1, 1), images.flip([3]), images)
    out = torch.zeros_like(images)
    moves = torch.randint(-4, 5, (2, n), generator=generator)
    padded = F.pad(images, (4,) * 4, value=0.0)
    for down in range(-4, 5):
        for right in range(-4, 5):
            chosen = (moves[0] == down) & (moves[1] == right)
            out[chosen] = padded[chosen, :, 4 + down : 36 + down, 4 + right : 36 + right]
    middles = torch.randint(0, 32, (2, n, 1), generator=generator)
    near = [((torch.arange(32) - m + 4) // 8 == 0).float() for m in middles]
    return out * (1 - near[0][:, None, :, None] * near[1][:, None, None, :])


def train_epoch(model, optimizer, schedule, batches):
    total, count = 0.0, 0
    for module in [model.train()]:
        for x, y in iter(batches):
            total += float(train_step(module, optimizer, x, y)) * len(y)
            count += len(y)
            schedule.step()
    return total / count
