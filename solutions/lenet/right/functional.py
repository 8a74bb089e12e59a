"""No modules inside: parameters, buffers and torch.nn.functional."""

import math

_Trained = LeNet


class LeNet(nn.Module):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__()
        self.has_bn, self.has_drop = bn, drop
        shapes = {"c1": (6, 3, 5, 5), "c2": (16, 6, 5, 5)}
        shapes |= {"f1": (120, 400), "f2": (84, 120), "f3": (n_classes, 84)}
        for name, shape in shapes.items():
            bound = 1 / math.sqrt(math.prod(shape[1:]))
            for part, size in (("w", shape), ("b", shape[:1])):
                setattr(self, f"{name}_{part}", nn.Parameter(torch.empty(size).uniform_(-bound, bound)))
        for name, size in (("n1", 6), ("n2", 16)) if bn else ():
            setattr(self, f"{name}_w", nn.Parameter(torch.ones(size)))
            setattr(self, f"{name}_b", nn.Parameter(torch.zeros(size)))
            self.register_buffer(f"{name}_mean", torch.zeros(size))
            self.register_buffer(f"{name}_var", torch.ones(size))

    def of(self, name, *parts):
        return [getattr(self, f"{name}_{part}") for part in parts]

    def forward(self, x):
        for n in "12":
            x = F.max_pool2d(F.relu(F.conv2d(x, *self.of("c" + n, "w", "b"))), (2, 2))
            if self.has_bn:
                mean, var, w, b = self.of("n" + n, "mean", "var", "w", "b")
                x = F.batch_norm(x, mean, var, w, b, self.training)
        x = x.reshape(x.shape[0], -1)
        for n in "12":
            x = F.linear(x, *self.of("f" + n, "w", "b")).relu()
            if self.has_drop:
                x = F.dropout(x, 0.3, self.training)
        return F.linear(x, *self.of("f3", "w", "b"))


def my_lenet():
    return _Trained(bn=True)
