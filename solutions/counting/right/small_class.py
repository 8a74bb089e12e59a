"""A class for layers, with keyword unpacking; numbers come back from its methods."""


class Layer:
    def __init__(self, kind, kernel=1, stride=1, padding=0, dilation=1, groups=1, **rest):
        self.kind, self.kernel, self.stride = kind, kernel, stride
        self.padding, self.dilation, self.groups = padding, dilation, groups
        self.bias = rest.get("bias", False)
        self.inputs, self.outputs = rest.get("in", 0), rest.get("out", 0)
        self.channels = rest.get("channels", 0)

    @property
    def gap(self):
        return self.dilation * (self.kernel - 1)

    @property
    def weights(self):
        return self.outputs * (self.inputs // self.groups) * self.kernel**2

    @property
    def parameters(self):
        return self.weights + self.outputs * self.bias + 2 * self.channels

    def resize(self, n):
        return (n + 2 * self.padding - self.gap - 1) // self.stride + 1


def count_parameters(layers):
    return sum(Layer(**layer).parameters for layer in layers)


def count_macs(layers, height, width):
    total = 0
    for layer in map(lambda x: Layer(**x), layers):
        if layer.kind != "linear":
            height, width = layer.resize(height), layer.resize(width)
        total += layer.weights * (1 if layer.kind == "linear" else height * width)
    return total


def receptive_field(layers, convention="exact"):
    r, j = 1, 1
    for layer in map(lambda x: Layer(**x), layers):
        if convention == "doubling":
            r = 2 * r if layer.kind == "pool" else r + layer.gap
        else:
            r, j = r + layer.gap * j, j * layer.stride
    return r
