"""The cycle starts where torch lets it, at a 25th of the peak, and ends at LR_MIN.

loses: q2
hint: div_factor=LR_MAX / LR_MIN
"""

def make_schedule(optimizer, steps_per_epoch):
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=LR_MAX,
        total_steps=EPOCHS * steps_per_epoch,
        pct_start=PEAK_EPOCH / EPOCHS,
        final_div_factor=LR_MAX / 25 / LR_MIN,
        cycle_momentum=False,
    )
