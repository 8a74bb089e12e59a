"""The digits come out in another order; the sums are right.

loses: q5
hint: train longer
"""

class AdderNet(AdderNet):
    def forward(self, image, number):
        digits, sums = super().forward(image, number)
        return digits.roll(1, dims=1), sums
