"""The number goes in and is not used.

loses: q3
hint: join number with what the convolutions give
"""

class AdderNet(AdderNet):
    def forward(self, image, number):
        digits = self.digit(self.see(image))
        return digits, self.join(torch.cat([digits.softmax(1), number * 0], dim=1))
