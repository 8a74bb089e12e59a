"""The joining layer as a sum of two products, one for each input."""

class AdderNet(AdderNet):
    def forward(self, image, number):
        digits = self.digit(self.see(image))
        first, relu, last = self.join
        seen = F.linear(F.softmax(digits, dim=-1), first.weight[:, :10], first.bias)
        told = number @ first.weight[:, 10:].t()
        return digits, last(relu(seen + told))
