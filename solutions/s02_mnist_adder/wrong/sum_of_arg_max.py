"""A calculator: the arg max of the digits is added to the number.

loses: q3
hint: not from an arg max
"""

class AdderNet(AdderNet):
    def forward(self, image, number):
        digits = self.digit(self.see(image))
        total = digits.argmax(1) + number.argmax(1)
        return digits, 10.0 * F.one_hot(total, SUMS).float() - 5
