"""A warm-up, and then the same rate to the end.

loses: q2
hint: all of the way down
"""

def make_schedule(optimizer, steps_per_epoch):
    for group in optimizer.param_groups:
        group["lr"] = LR_MAX
    return torch.optim.lr_scheduler.LinearLR(
        optimizer, LR_MIN / LR_MAX, 1.0, PEAK_EPOCH * steps_per_epoch
    )
