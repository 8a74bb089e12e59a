"""The network ends with a softmax, and cross-entropy takes a second one.

loses: q1
hint: return the logits
"""

import resnet


class Probable(resnet.ResNet):
    def forward(self, x):
        return super().forward(x).softmax(dim=1)


resnet.ResNet = Probable
