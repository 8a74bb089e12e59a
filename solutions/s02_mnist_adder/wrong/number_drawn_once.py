"""The numbers are drawn when the data set is made.

loses: q1
hint: draw the number when the item is read
"""

class AdderData(AdderData):
    def __getitem__(self, index):
        number, digit = int(self.fixed[index]), int(self.labels[index])
        one_hot = F.one_hot(torch.tensor(number), NUMBERS).float()
        return self.images[index], one_hot, digit, digit + number
