"""The last rate is a ten-thousandth of the first.

loses: q2
hint: that is the annihilation
"""

def make_schedule(optimizer, steps_per_epoch):
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=LR_MAX,
        total_steps=EPOCHS * steps_per_epoch,
        pct_start=PEAK_EPOCH / EPOCHS,
        div_factor=LR_MAX / LR_MIN,
        cycle_momentum=False,
    )
