"""The sums were learned for numbers from 1 to 10.

loses: q5
hint: give the layer that joins them some width
"""

class AdderNet(AdderNet):
    def forward(self, image, number):
        return super().forward(image, number.roll(1, dims=1))
