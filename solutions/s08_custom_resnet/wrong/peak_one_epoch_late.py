"""The peak is at the end of the sixth epoch.

loses: q2
hint: one epoch late
"""

def make_schedule(optimizer, steps_per_epoch):
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=LR_MAX,
        total_steps=EPOCHS * steps_per_epoch,
        pct_start=(PEAK_EPOCH + 1) / EPOCHS,
        div_factor=LR_MAX / LR_MIN,
        final_div_factor=1,
        cycle_momentum=False,
    )
