"""A schedule of the own, with one method; images augmented one by one."""

class Cycle:
    def __init__(self, optimizer, steps_per_epoch):
        self.optimizer, self.done, self.epoch = optimizer, 0, steps_per_epoch
        self.set()

    def rate(self):
        up, total = PEAK_EPOCH * self.epoch, EPOCHS * self.epoch
        if self.done < up:
            part = self.done / (up - 1)
        else:
            part = max(0.0, (total - 1 - self.done) / (total - up))
        return LR_MIN + part * (LR_MAX - LR_MIN)

    def set(self):
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()

    def step(self):
        self.done += 1
        self.set()


def make_schedule(optimizer, steps_per_epoch):
    return Cycle(optimizer, steps_per_epoch)


def augment(images, generator):
    def number(below):
        return int(torch.randint(below, (1,), generator=generator))

    done = []
    for image in F.pad(images, (4, 4, 4, 4)):
        top, left = number(9), number(9)
        image = image[:, top : top + 32, left : left + 32].clone()
        if torch.rand(1, generator=generator) < 0.5:
            image = image.flip(-1)
        top, left = number(25), number(25)  # a hole that no border cuts
        image[:, top : top + 8, left : left + 8] = 0
        done.append(image)
    return torch.stack(done)
