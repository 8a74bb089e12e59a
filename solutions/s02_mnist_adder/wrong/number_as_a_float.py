"""The number is one float, not one-hot.

loses: q1
hint: nine zeros and a one
"""

class AdderData(AdderData):
    def __getitem__(self, index):
        image, number, digit, total = super().__getitem__(index)
        return image, number * (total - digit) / 9, digit, total
