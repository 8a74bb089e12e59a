"""The head takes the largest number of each map.

loses: q1
hint: not its largest number
"""

import resnet


class Largest(resnet.ResNet):
    def forward(self, x):
        x = self.layer4(self.layer3(self.layer2(self.layer1(self.stem(x)))))
        return self.classify(x.amax(dim=(2, 3)))


resnet.ResNet = Largest
