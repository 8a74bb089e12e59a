"""The number of batches is written into the schedule.

loses: q2
hint: use steps_per_epoch
"""

def make_schedule(optimizer, steps_per_epoch):
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=LR_MAX,
        total_steps=EPOCHS * 98,
        pct_start=PEAK_EPOCH / EPOCHS,
        div_factor=LR_MAX / LR_MIN,
        final_div_factor=1,
        cycle_momentum=False,
    )
