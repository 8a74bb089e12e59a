"""Numbers from 0 to 8: the upper end of randint is taken for one that counts.

loses: q1
hint: the upper end is left out
"""

class AdderData(AdderData):
    def __getitem__(self, index):
        number, digit = int(torch.randint(0, 9, (1,))), int(self.labels[index])
        number = number if self.train else int(self.fixed[index])
        one_hot = F.one_hot(torch.tensor(number), NUMBERS).float()
        return self.images[index], one_hot, digit, digit + number
