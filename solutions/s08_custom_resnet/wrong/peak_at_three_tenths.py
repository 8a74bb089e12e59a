"""pct_start is left at 0.3, so that the peak comes in the eighth epoch.

loses: q2
hint: 5 / 24, torch takes 0.3
"""

def make_schedule(optimizer, steps_per_epoch):
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=LR_MAX,
        total_steps=EPOCHS * steps_per_epoch,
        div_factor=LR_MAX / LR_MIN,
        final_div_factor=1,
        cycle_momentum=False,
    )
