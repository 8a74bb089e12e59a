"""Networks with known counts, written in different ways: what the graph is checked against."""

import torch
import torch.nn.functional as F
from torch import nn


class LeNet(nn.Module):
    def __init__(self, bn=False, drop=0.0, classes=10):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = (
            nn.Linear(400, 120),
            nn.Linear(120, 84),
            nn.Linear(84, classes),
        )
        self.bn1 = nn.BatchNorm2d(6) if bn else nn.Identity()
        self.bn2 = nn.BatchNorm2d(16) if bn else nn.Identity()
        self.drop = nn.Dropout(drop)

    def forward(self, x):
        x = self.bn1(F.max_pool2d(F.relu(self.conv1(x)), 2))
        x = self.bn2(F.max_pool2d(F.relu(self.conv2(x)), 2))
        x = self.drop(F.relu(self.fc1(x.flatten(1))))
        return self.fc3(self.drop(F.relu(self.fc2(x))))


class LeNetInAnotherStyle(nn.Module):
    """The same function: other names, modules in a list, pooling before ReLU, in place."""

    def __init__(self):
        super().__init__()
        self.head = nn.Sequential(
            nn.Linear(400, 120),
            nn.ReLU(inplace=True),
            nn.Linear(120, 84),
            nn.ReLU(inplace=True),
            nn.Linear(84, 10),
            nn.LogSoftmax(dim=1),
        )
        self.maps = nn.ModuleList([nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5)])

    def forward(self, images):
        for conv in self.maps:
            images = torch.relu_(nn.functional.max_pool2d(conv(images), (2, 2)))
        return self.head(torch.reshape(images, (images.shape[0], -1)))


def conv_bn(i, o, k=3, s=1):
    return nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o))


class Basic(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.one, self.two = conv_bn(i, o, 3, stride), conv_bn(o, o)
        self.short = nn.Identity() if i == o and stride == 1 else conv_bn(i, o, 1, stride)

    def forward(self, x):
        return F.relu(self.two(F.relu(self.one(x))) + self.short(x))


class BasicShortFirst(Basic):
    """The same block, its shortcut computed first."""

    def forward(self, x):
        short = self.short(x)
        out = self.two(F.relu(self.one(x)))
        out += short
        return out.relu_()


def resnet(blocks=(2, 2, 2, 2), block=Basic, widths=(64, 128, 256, 512)):
    """Return a ResNet for 32 x 32 images (He et al., 2016): 18 or 34 by its blocks."""
    layers, i = [conv_bn(3, widths[0]), nn.ReLU()], widths[0]
    for width, count, stride in zip(widths, blocks, (1, 2, 2, 2), strict=True):
        for n in range(count):
            layers.append(block(i, width, stride if n == 0 else 1))
            i = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(i, 10))


class CustomResNet(nn.Module):
    """The course's nine-layer ResNet; `variant` makes known mistakes with the same count."""

    def __init__(self, variant="", bias=False, width=64):
        super().__init__()
        w, self.variant = width, variant

        def conv(i, o, pool=False):
            pooled = [nn.MaxPool2d(2)] if pool else []
            return nn.Sequential(
                nn.Conv2d(i, o, 3, 1, 1, bias=bias), *pooled, nn.BatchNorm2d(o), nn.ReLU()
            )

        self.prep, self.one = conv(3, w), conv(w, 2 * w, True)
        self.res1 = nn.Sequential(conv(2 * w, 2 * w), conv(2 * w, 2 * w))
        self.two, self.three = conv(2 * w, 4 * w, True), conv(4 * w, 8 * w, True)
        self.res3 = nn.Sequential(conv(8 * w, 8 * w), conv(8 * w, 8 * w))
        self.fc = nn.Linear(8 * w, 10)

    def residual(self, x, block):
        if self.variant == "no add":
            return block(x)
        return x + block(x) + (x if self.variant == "double add" else 0)

    def forward(self, x):
        x = self.one(self.prep(x))
        x = self.three(self.two(self.residual(x, self.res1)))
        x = self.residual(x, self.res3)
        pool = F.avg_pool2d if self.variant == "average" else F.max_pool2d
        return self.fc(pool(x, 4).flatten(1))


class Mixer(nn.Module):
    def __init__(self, inside):
        super().__init__()
        self.inside = inside

    def forward(self, x):
        return self.inside(x) + x


def convmixer(dim=256, depth=10, kernel=5, patch=2):
    """Return a ConvMixer (Trockman and Kolter, 2022)."""

    def activated(layer):
        return nn.Sequential(layer, nn.GELU(), nn.BatchNorm2d(dim))

    blocks = [
        nn.Sequential(
            Mixer(activated(nn.Conv2d(dim, dim, kernel, groups=dim, padding="same"))),
            activated(nn.Conv2d(dim, dim, 1)),
        )
        for _ in range(depth)
    ]
    ends = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(dim, 10)]
    return nn.Sequential(activated(nn.Conv2d(3, dim, patch, patch)), *blocks, *ends)


class ViT(nn.Module):
    """A vision transformer (Dosovitskiy et al., 2021); B/16 at 224 pixels unless told."""

    def __init__(self, dim=768, depth=12, heads=12, patch=16, side=224, classes=1000):
        super().__init__()
        self.patches = nn.Conv2d(3, dim, patch, patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos = nn.Parameter(torch.zeros(1, (side // patch) ** 2 + 1, dim))
        block = nn.TransformerEncoderLayer(
            dim, heads, 4 * dim, activation="gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(block, depth, enable_nested_tensor=False)
        self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, classes)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], 1) + self.pos
        return self.head(self.norm(self.encoder(x))[:, 0])


class Reader(nn.Module):
    """An embedding, a recurrent net and an output tied to the embedding."""

    def __init__(self, kind="LSTM", tied=True):
        super().__init__()
        self.embed = nn.Embedding(50, 16)
        self.net = getattr(nn, kind)(16, 24, num_layers=2, bidirectional=True, batch_first=True)
        self.down, self.out = nn.Linear(48, 16), nn.Linear(16, 50, bias=False)
        if tied:
            self.out.weight = self.embed.weight

    def forward(self, tokens):
        return self.out(self.down(self.net(self.embed(tokens))[0]))


def depthwise():
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1),
        nn.Conv2d(16, 16, 3, 2, 1, groups=16, bias=False),
        nn.Conv2d(16, 24, 1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(24, 10),
    )


def dilated():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3),
        nn.Conv2d(8, 8, 3, dilation=2),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 8, 3, stride=2, padding=1),
        nn.Conv2d(8, 8, 3, padding=2, dilation=2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 10),
    )


def transposed():
    return nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.ConvTranspose2d(8, 6, 4, 2, 1))


def small():
    """Return a network for 28 x 28 images with fewer than 20,000 parameters."""

    def conv(i, o, padding=1):
        return nn.Sequential(
            nn.Conv2d(i, o, 3, padding=padding, bias=False), nn.BatchNorm2d(o), nn.ReLU()
        )

    maps = [conv(1, 12), conv(12, 16), nn.MaxPool2d(2), conv(16, 24), conv(24, 24)]
    maps += [nn.MaxPool2d(2), conv(24, 32, 0)]
    return nn.Sequential(*maps, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))
