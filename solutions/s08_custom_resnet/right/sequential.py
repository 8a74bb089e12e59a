"""One nn.Sequential; log-probabilities; CyclicLR up and down once."""

class ResBlock(nn.Sequential):
    def __init__(self, channels):
        super().__init__(*unit(channels, channels), *unit(channels, channels))

    def forward(self, images):
        return super().forward(images) + images


def unit(inputs, outputs, *between):
    first = nn.Conv2d(inputs, outputs, kernel_size=(3, 3), padding="same", bias=True)
    return [first, *between, nn.BatchNorm2d(outputs), nn.ReLU()]


def CustomResNet(width=64, classes=10):
    return nn.Sequential(
        *unit(3, width),
        *unit(width, 2 * width, nn.MaxPool2d(2, 2)),
        ResBlock(2 * width),
        *unit(2 * width, 4 * width, nn.MaxPool2d(2, 2)),
        *unit(4 * width, 8 * width, nn.MaxPool2d(2, 2)),
        ResBlock(8 * width),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Linear(8 * width, classes),
        nn.LogSoftmax(dim=1),
    )


def make_schedule(optimizer, steps_per_epoch):
    return torch.optim.lr_scheduler.CyclicLR(
        optimizer,
        base_lr=LR_MIN,
        max_lr=LR_MAX,
        step_size_up=PEAK_EPOCH * steps_per_epoch,
        step_size_down=(EPOCHS - PEAK_EPOCH) * steps_per_epoch,
        cycle_momentum=False,
    )


def train_step(model, optimizer, images, labels):
    model.train()
    loss = nn.NLLLoss()(model(images).log_softmax(1), labels)
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
    return loss.item()


def train_epoch(model, optimizer, schedule, batches):
    model.train()
    losses = []
    for images, labels in batches:
        losses.append(train_step(model, optimizer, images, labels))
        schedule.step()
    return sum(losses) / len(losses)
