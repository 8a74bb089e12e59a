"""The cycle has 24 steps, though it is stepped after every batch.

loses: q2
hint: step() comes after every batch
"""

def make_schedule(optimizer, steps_per_epoch):
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=LR_MAX,
        total_steps=EPOCHS,
        pct_start=PEAK_EPOCH / EPOCHS,
        div_factor=LR_MAX / LR_MIN,
        final_div_factor=1,
        cycle_momentum=False,
    )
