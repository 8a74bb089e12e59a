"""The norms keep no running statistics: evaluation depends on the batch.

loses: q2, q4
hint: F.batch_norm(..., training=self.training)
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(n_classes, bn, drop)
        if bn:
            self.bn1 = nn.BatchNorm2d(6, track_running_stats=False)
            self.bn2 = nn.BatchNorm2d(16, track_running_stats=False)
