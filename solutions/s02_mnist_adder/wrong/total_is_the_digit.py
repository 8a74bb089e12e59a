"""The sum is forgotten: the total is the digit.

loses: q1
hint: add the number to the digit
"""

class AdderData(AdderData):
    def __getitem__(self, index):
        image, number, digit, _ = super().__getitem__(index)
        return image, number, digit, digit
