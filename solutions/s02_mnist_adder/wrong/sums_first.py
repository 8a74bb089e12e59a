"""The outputs are the other way round.

loses: q2
hint: there are ten digits
"""

class AdderNet(AdderNet):
    def forward(self, image, number):
        return super().forward(image, number)[::-1]
