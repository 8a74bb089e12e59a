"""The digit is forgotten: the total is the number.

loses: q1
hint: not the number alone
"""

class AdderData(AdderData):
    def __getitem__(self, index):
        image, number, digit, _ = super().__getitem__(index)
        return image, number, digit, int(number.argmax())
