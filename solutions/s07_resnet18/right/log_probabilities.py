"""A log-softmax at the end: cross-entropy of it is the same number."""

import resnet


class Logs(resnet.ResNet):
    def forward(self, x):
        return F.log_softmax(super().forward(x), dim=-1)


resnet.ResNet = Logs
