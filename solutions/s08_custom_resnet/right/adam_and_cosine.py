"""Adam; OneCycleLR with cosines, its momentum cycling too; one epoch count for each."""

LR_MIN, LR_MAX = 0.001, 0.01


def make_optimizer(model):
    return torch.optim.AdamW(model.parameters(), lr=LR_MIN, betas=(0.9, 0.99), weight_decay=0.01)


def make_schedule(optimizer, steps_per_epoch):
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=LR_MAX,
        epochs=EPOCHS,
        steps_per_epoch=steps_per_epoch,
        pct_start=5 / 24,
        div_factor=10,
        final_div_factor=1.0,
        anneal_strategy="cos",
    )


def train_step(model, optimizer, images, labels):
    loss = nn.CrossEntropyLoss()(model(images), labels)
    for parameter in model.parameters():
        parameter.grad = None
    loss.backward()
    optimizer.step()
    return loss


def suggest_rate(rates, losses):
    falls = [
        (losses[k + 1] - losses[k], rates[k]) for k in range(len(rates) - 1)
    ]
    return min(falls)[1]
