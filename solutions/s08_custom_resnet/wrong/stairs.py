"""The rate is that of the epoch: the same for all of its batches.

loses: q2
hint: count in batches
"""

def make_schedule(optimizer, steps_per_epoch):
    def rate(step):
        epoch = step // steps_per_epoch
        if epoch <= PEAK_EPOCH:
            return LR_MIN + (LR_MAX - LR_MIN) * epoch / PEAK_EPOCH
        return LR_MAX - (LR_MAX - LR_MIN) * (epoch - PEAK_EPOCH) / (EPOCHS - 1 - PEAK_EPOCH)

    for group in optimizer.param_groups:
        group["lr"] = 1.0
    return torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
