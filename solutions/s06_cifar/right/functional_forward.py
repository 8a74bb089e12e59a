"""Layers called one by one; averages with keepdim, then squeezed away."""

class Net(Net):
    def forward(self, images):
        for layer in self.features:
            images = layer(images)
        pooled = images.mean((2, 3), keepdim=True).squeeze(3).squeeze(2)
        return F.linear(pooled, self.classify.weight, self.classify.bias)
