"""The sums come as probabilities.

loses: q2
hint: return the logits
"""

class AdderNet(AdderNet):
    def forward(self, image, number):
        digits, sums = super().forward(image, number)
        return digits, sums.softmax(1)
