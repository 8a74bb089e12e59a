"""The line down is as steep as the line up, and does not stop.

loses: q2
hint: goes on past its end
"""

def make_schedule(optimizer, steps_per_epoch):
    def rate(step):
        slope = (LR_MAX - LR_MIN) / (PEAK_EPOCH * steps_per_epoch)
        return LR_MAX - slope * abs(step - PEAK_EPOCH * steps_per_epoch)

    for group in optimizer.param_groups:
        group["lr"] = 1.0
    return torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
