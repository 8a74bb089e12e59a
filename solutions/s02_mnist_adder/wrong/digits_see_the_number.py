"""The number is joined before the digit is decided.

loses: q3
hint: decide the digit before
"""

class AdderNet(AdderNet):
    def forward(self, image, number):
        digits = self.digit(self.see(image)) + 0.5 * number
        return digits, self.join(torch.cat([digits.softmax(1), number], dim=1))
