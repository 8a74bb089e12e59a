"""A loop over the layers; the mean over both axes in place of the pooling layer."""

class Net(Net):
    def forward(self, images):
        for layer in list(self.layers)[:8]:
            images = layer(images)
        return self.layers[-1](images.mean(dim=[2, 3]))
