"""Public checks of `s06_cifar`: layers, receptive field, augmentation, accuracy."""

import numpy as np

from autograder.checks import expect, question
from autograder.checks.graph import field_by_formula, field_by_gradient, graph, graph_or_opaque
from autograder.checks.shelf import fewer, put_weights, reaches
from autograder.checks.steps import generator, tensor
from autograder.checks.weights import read_weights

IMAGE = (3, 32, 32)
WANTED = 44
SIDE = 160  # of the images on which the field is measured


def network(student):
    return graph(student.Net(), IMAGE)


def layers_of(net, *kinds):
    return [layer for layer in net.layers if layer.kind in kinds]


def says(condition, message, hint):
    expect(None, "the network").that(condition, message, hint)


def depthwise(net):
    """Return the convolutions with one kernel for each channel."""
    return [x for x in layers_of(net, "conv") if x["groups"] == x["in"] > 1]


def dilated(net):
    return [x for x in layers_of(net, "conv") if max(x["dilation"]) > 1 and max(x["kernel"]) > 1]


def field(student):
    """Return the receptive field of the last map, measured on an image larger than it."""
    net = graph(student.Net(), (3, SIDE, SIDE))
    measured, formula = field_by_gradient(net), field_by_formula(net)
    return (formula if measured.clipped else measured).size[0]


def pictures(rng, count):
    """Return images without a zero, all different, (count, 3, 20, 20)."""
    return rng.uniform(0.5, 1.5, (count, 3, 20, 20)).astype(np.float32)


def drawn(function, images, seed, *rest):
    """Return what an augmentation of the student's gives, as an array like `images`."""
    got = function(tensor(images), generator(function, seed), *rest)
    return expect(got, "the images").array(shape=images.shape)


@question("q1")
def test_the_budget_holds(student, budget):
    """all tensors but batch-norm statistics hold fewer than 200,000 numbers"""
    fewer(network(student), budget.parameters)


@question("q2", weight=10)
def test_no_pooling_but_the_global_one(student):
    """no max or average pooling shrinks a map on the way"""
    found = layers_of(network(student), "max_pool", "avg_pool")
    hint = "take the pooling away and give the convolution before it stride=2"
    says(not found, f"there is a {found and found[0].kind.replace('_', ' ')}ing", hint)


@question("q2", weight=5)
def test_three_strides(student):
    """three convolutions have stride 2, or a further dilated one stands for each that has not"""
    net = network(student)
    strided = [x for x in layers_of(net, "conv") if max(x["stride"]) > 1]
    large = [x for x in strided if x["stride"] != (2, 2)]
    says(not large, "a stride is not 2", "take 32 to 16, 8 and 4 in three steps of stride 2")
    spare = max(len(dilated(net)) - 1, 0)
    seen = f"{len(strided)} convolutions have stride 2, three were wanted"
    says(len(strided) <= 3 <= len(strided) + spare, seen, "use stride=2 in exactly three of them")


@question("q3", weight=10)
def test_the_field_is_large_enough(student):
    """the last map before the global average pooling sees more than 44 x 44 pixels"""
    found = field(student)
    seen = f"the last map sees {found} x {found} pixels, more than {WANTED} were wanted"
    hint = "add a layer where the map is small, or dilate one: there each tap counts most"
    says(found > WANTED, seen, hint)


@question("q4", weight=5)
def test_a_depthwise_convolution(student):
    """a convolution has one kernel of its own for each channel"""
    net = network(student)
    grouped = [x["groups"] for x in layers_of(net, "conv") if x["groups"] > 1]
    seen = "no convolution has as many groups as channels"
    hint = "set groups to the number of channels: nn.Conv2d(64, 64, 3, padding=1, groups=64)"
    if grouped:
        hint = f"groups={max(grouped)} still mixes channels: depthwise means groups=channels"
    says(depthwise(net), seen, hint)


@question("q5")
def test_a_dilated_convolution(student):
    """a convolution is dilated"""
    hint = "give a 3 x 3 convolution dilation=2 and padding=2"
    says(dilated(network(student)), "no convolution is dilated", hint)


@question("q6")
def test_global_average_pooling(student):
    """each map is averaged to one number before the classes"""
    found = layers_of(network(student), "global_average")
    hint = "average the last map: nn.AdaptiveAvgPool2d(1), or x.mean(dim=(2, 3))"
    says(found, "no map is averaged to one number", hint)


@question("q7", weight=5)
def test_flip(student, rng):
    """flip mirrors about half of the images left to right, each as a whole"""
    images = pictures(rng, 200)
    got = drawn(student.flip, images, 5)
    kept = (got == images).all(axis=(1, 2, 3))
    turned = (got == images[..., ::-1]).all(axis=(1, 2, 3))
    upside = (got == images[:, :, ::-1]).all(axis=(1, 2, 3))
    hint = "mirror left to right: the last axis, images.flip(3)"
    hint = hint if upside.any() else "take the image or its mirror image, nothing between"
    seen = f"{(~(kept | turned)).sum()} of 200 images are neither as they were nor mirrored"
    expect(got, "flip").that((kept | turned).all(), seen, hint)
    share = "draw for each image by itself, with probability one half"
    expect(got, "flip").that(60 < turned.sum() < 140, f"{turned.sum()} of 200 are mirrored", share)


@question("q7", weight=5)
def test_cutout(student, rng):
    """cutout fills one square hole of the size asked for in each image with 0"""
    images = pictures(rng, 120)
    for size in (16, 5):
        got = drawn(student.cutout, images, size, size)
        empty = got == 0
        same = (empty.all(axis=1) == empty.any(axis=1)).all()
        expect(got, "cutout").that(same, "a hole is not in all channels", "cut through all three")
        kept = (got == images)[~empty].all()
        outside = "leave every pixel outside of the hole as it was"
        expect(got, "cutout").that(kept, "pixels outside of the holes changed", outside)
        rows, columns = empty[:, 0].any(axis=2).sum(axis=1), empty[:, 0].any(axis=1).sum(axis=1)
        square = (empty[:, 0].sum(axis=(1, 2)) == rows * columns).all()
        expect(got, "cutout").that(square, "a hole is no rectangle", "cut one hole in each image")
        seen = f"the largest hole has {rows.max()} x {columns.max()} pixels, not {size} x {size}"
        large = "use size for both sides: a hole of one row is a slip that many copies have"
        expect(got, "cutout").that(rows.max() == columns.max() == size, seen, large)


@question("q8")
def test_accuracy(student, files, data, budget):
    """the weights handed in reach 85 % on the 10,000 test images"""
    model = student.Net()
    put_weights(model, read_weights(files, "weights.safetensors"))
    found = data.accuracy(graph_or_opaque(model, IMAGE), budget.dataset)
    data.compare_claim(files, found)
    reaches(found, budget)
