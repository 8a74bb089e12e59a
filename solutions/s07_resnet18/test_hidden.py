"""Hidden checks of `s07_resnet18`: the networks' functions, what is drawn, several batches."""

from collections import Counter

import numpy as np

from autograder.checks import CheckFailed, expect, question
from autograder.checks.architecture import same_function
from autograder.checks.behaviour import cross_entropy
from autograder.checks.graph import graph, own_graph
from autograder.checks.rig import layer_of, rigged
from autograder.checks.steps import tensor

COUNT = 600
CLASSES = np.array([2, 0, 3])
MIDDLES = "the middle of the hole may be any pixel, so that the border cuts many holes off"


def changed(net, block):
    """Return a network of the reference whose blocks compute something else."""
    for module in net.modules():
        if hasattr(module, "shortcut"):
            module.forward = block(module)
    return net


def wrong_networks(make, image):
    """Return graphs of known wrong networks, each under its hint."""
    blocks = {
        "a ReLU follows the sum": lambda b: lambda x: b.layers(x) + b.shortcut(x),
        "add first: the ReLU comes after the sum, not before": lambda b: (
            lambda x: b.layers(x).relu() + b.shortcut(x)
        ),
        "the shortcut is added in every block, also where it is x itself": lambda b: (
            lambda x: (b.layers(x) + (b.shortcut(x) if len([*b.shortcut.children()]) else 0)).relu()
        ),
        "a ReLU stands between the two convolutions of a block": lambda b: (
            lambda x: (b.layers[4](b.layers[3](b.layers[1](b.layers[0](x)))) + b.shortcut(x)).relu()
        ),
        "the shortcut is added once, at the end of its block": lambda b: (
            lambda x: (b.layers(x) + b.shortcut(x) + b.shortcut(x)).relu()
        ),
    }
    found = {hint: own_graph(changed(make(), block), image) for hint, block in blocks.items()}
    net = make()
    rest = (net.stem, net.layer1, net.layer2, net.layer3, net.layer4)

    def largest(x):
        for part in rest:
            x = part(x)
        return net.classify(x.amax(dim=(2, 3)))

    net.forward = largest
    return {**found, "the mean over the map, not its largest number": own_graph(net, image)}


@question("q1", weight=2)
def test_functions(student, reference, public):
    """ResNet18 computes what the handout says, and ResNet34 is made of the same blocks"""
    net, make = graph(student.ResNet18(), public.IMAGE), reference.ResNet18
    try:
        same_function(net, own_graph(make(), public.IMAGE), name="ResNet18")
    except CheckFailed:
        wrong = wrong_networks(make, public.IMAGE)
        same_function(net, own_graph(make(), public.IMAGE), wrong, "ResNet18")
        raise
    larger = parts(graph(student.ResNet34(), public.IMAGE))
    differ = larger - (right := parts(own_graph(reference.ResNet34(), public.IMAGE)))
    kind, size = next(iter([*differ, *(right - larger)]), ("", ()))
    seen = f"ResNet34 has {larger[kind, size]} {kind} at {size}, {right[kind, size]} was wanted"
    hint = "ResNet34 has the blocks of ResNet18: 3, 4, 6 and 3 of them"
    expect(kind, "ResNet34").that(not kind, seen, hint)


def parts(net):
    """Return how many layers of each kind and size a network has."""
    kinds = ("conv", "batch_norm", "relu", "add", "linear", "max_pool", "avg_pool")
    return Counter((x.kind, x.size_out) for x in net.layers if x.kind in kinds)


# ------------------------------------------------------------- q3


def cropped(images, places, margin):
    """Return each image's cut, taken one by one."""
    height, width = images.shape[2:]
    padded = np.pad(images, [(0, 0), (0, 0), (margin, margin), (margin, margin)])
    cuts = zip(padded, places, strict=True)
    return np.stack([x[:, r : r + height, c : c + width] for x, (r, c) in cuts])


def drilled(images, middles, side):
    """Return images with a hole each, made one by one."""
    out = images.copy()
    for image, (row, column) in zip(out, middles - side // 2, strict=True):
        image[:, max(row, 0) : row + side, max(column, 0) : column + side] = 0
    return out


@question("q3")
def test_crops_of_any_size(student, rng):
    """crop works for images, margins and places of any size"""
    for shape, margin in (((4, 2, 5, 7), 2), ((3, 3, 9, 8), 4)):
        images = rng.normal(size=shape).astype(np.float32)
        places = rng.integers(0, 2 * margin + 1, (shape[0], 2))
        places[0], places[1] = (0, 2 * margin - 1), (margin + 1, 1)
        untouched = {"cut every image at its place, whatever its size": images}
        got = student.crop(tensor(images), tensor(places), margin)
        expect(got, "crop").close(cropped(images, places, margin), 1e-6, 1e-6, untouched)


@question("q3")
def test_holes_of_any_size(student, rng):
    """cutout works for images, holes and middles of any size"""
    for shape, side in (((5, 3, 10, 12), 4), ((4, 3, 30, 28), 16)):
        images = rng.normal(size=shape).astype(np.float32)
        middles = rng.integers(side // 2, 8 + side // 4, (shape[0], 2))
        middles[0], middles[1] = (1, 0), (shape[2] - 1, shape[3] - 2)
        middles[2] = side // 2, side // 2 + 1
        untouched = {"cut a hole into every image, whatever its size": images}
        got = student.cutout(tensor(images), tensor(middles), side)
        expect(got, "cutout").close(drilled(images, middles, side), 1e-6, 1e-6, untouched)


def offsets(out, side):
    """Return how far each image was moved (N, 2), and where its hole is (N, side, side).

    The pixels of the images that were sent say where they stood: 1 + side * row + column.
    Fails where an image is not a moved copy with a hole.
    """
    place = np.arange(side)
    rows, columns = np.divmod(out[:, 0].round().astype(np.int64) - 1, side)
    moved, holes = [], []
    for image, r, c in zip(out[:, 0], rows, columns, strict=True):
        seen = image != 0
        found = {*zip((r - place[:, None])[seen], (c - place)[seen], strict=True)}
        hint = "an image is moved as a whole, and only its hole and its border become 0"
        expect(0, "transform").that(len(found) == 1, "an image is no moved copy", hint)
        down, right = next(iter(found))
        rows_in, columns_in = (place + down) // side == 0, (place + right) // side == 0
        moved.append((down, right))
        holes.append(~seen & rows_in[:, None] & columns_in)
    return np.array(moved), np.array(holes)


def drawn_evenly(moved):
    """Fail unless rows and columns are moved by -4 to 4, each image on its own."""
    alone = "draw a place for each image, not one for the whole batch"
    answer = expect(0, "transform")
    answer.that(len({*map(tuple, moved)}) > 1, "all images are moved alike", alone)
    tied = "draw the row and the column separately"
    for pair in (moved[:, 0] - moved[:, 1], moved[:, 0] + moved[:, 1]):
        answer.that(np.any(pair != pair[0]), "rows and columns move together", tied)
    for axis, name in enumerate(("rows", "columns")):
        values, counts = np.unique(moved[:, axis], return_counts=True)
        seen = f"{name} are moved by {values.min()} to {values.max()}, -4 to 4 was wanted"
        hint = "nine places on each axis: torch.randint(0, 9, ...), whose upper end is left out"
        answer.that([*values] == [*range(-4, 5)], seen, hint)
        expected, spread = COUNT / 9, (COUNT * 8 / 81) ** 0.5
        even = np.abs(counts - expected).max() < 5.5 * spread
        answer.that(even, f"the {name} are not moved evenly", "torch.randint draws evenly")


def holes_are_right(holes):
    """Fail unless each image has one hole of at most 16 x 16, often cut off, all over."""
    answer = expect(0, "transform")
    heights, widths = holes.any(axis=2).sum(axis=1), holes.any(axis=1).sum(axis=1)
    every = "an image has no hole", "every image gets a hole: call cutout"
    answer.that(heights.min() > 0, *every)
    whole = np.array_equal(heights * widths, holes.sum(axis=(1, 2)))
    answer.that(whole, "a hole is no rectangle", "one hole an image: call cutout once")
    largest = max(heights.max(), widths.max())
    size = f"the largest hole has a side of {largest}, 16 was wanted"
    answer.that(largest == 16, size, "cutout(images, middles) with its size of 16")
    shared = holes.any(axis=0).sum()
    alone = "draw a middle for each image, not one for the whole batch"
    answer.that(shared > 400, "all holes are at one place", alone)
    # Of 32 middles a side, 17 give a whole hole; a crop moved by d takes d more away.
    share, uncut = ((17 - 20 / 9) / 32) ** 2, np.mean((heights == 16) & (widths == 16))
    spread = (share * (1 - share) / COUNT) ** 0.5
    seen = "too many holes lie whole in the image"
    answer.that(uncut < share + 5.5 * spread, seen, MIDDLES)
    answer.that(uncut > share - 5.5 * spread, "too few holes lie whole in the image", MIDDLES)


@question("q3", weight=1.5)
def test_what_is_drawn(student):
    """transform(images, True) moves every image by up to 4 and makes a hole anywhere in it"""
    side = 32
    numbered = 1 + np.arange(side * side, dtype=np.float32).reshape(side, side)
    images = np.broadcast_to(numbered, (COUNT, 3, side, side)).copy()
    got = student.transform(tensor(images), True)
    out = expect(got, "transform").array(shape=images.shape)
    through = np.array_equal(out[:, :1].repeat(3, 1), out)
    hint = "move and cut all channels of an image alike"
    expect(0, "transform").that(through, "the channels of an image differ", hint)
    hint = "in training, call crop and cutout"
    expect(0, "transform").that(not np.array_equal(out, images), "nothing changes", hint)
    moved, holes = offsets(out, side)
    drawn_evenly(moved)
    holes_are_right(holes)


# ------------------------------------------------------------- q4


@question("q4")
def test_batches_of_different_sizes(student, rng, public):
    """every image counts the same, also those of a small last batch"""
    sizes = [9, 5, 2]
    labels = rng.integers(0, 5, 16)
    scores = rng.normal(size=(16, 5))
    for n in range(16):
        guess = labels[n] if n not in (0, 14, 15) else (labels[n] + 1) % 5
        scores[n, guess] += 7
    model = public.scorer(student, 5)
    got = student.evaluate(model, public.batches_of(scores, labels, sizes))
    loss, accuracy = expect(got, "what evaluate gives").tuple(2)
    parts = np.split(np.arange(16), np.cumsum(sizes)[:-1])
    scores = scores.astype(np.float32)
    right = scores.argmax(axis=1) == labels
    means = [cross_entropy(scores[part], labels[part]) for part in parts]
    mean = cross_entropy(scores, labels)
    whole = "add up over the images and divide once: the mean of batch means is another number"
    every = "count all batches, not only the {} one"
    mistakes = {
        whole: np.mean(means),
        every.format("last"): means[-1],
        every.format("first"): means[0],
        "divide the sum of the losses by the number of images": np.sum(means),
    }
    mistakes["each batch's mean counts as often as it has images"] = np.sum(means) / 16
    expect(loss, "the loss").close(mean, 1e-4, 1e-5, mistakes)
    shares = [100 * right[part].mean() for part in parts]
    mistakes = {
        whole: np.mean(shares),
        every.format("last"): shares[-1],
        every.format("first"): shares[0],
        "divide by the number of images, not by batches times the batch's size": 100 * 13 / 27,
    }
    expect(accuracy, "the accuracy").close(100 * 13 / 16, 1e-4, 1e-4, mistakes)


# ------------------------------------------------------------- q5


def flattened(student, rng, public):
    """Return a model (1 x 1 convolution, ReLU, linear), images, their maps, the mistakes."""
    kernel, shift = rng.normal(size=(3, 2)), rng.normal(size=3)
    head, bias = rng.normal(size=(4, 3 * 5 * 7)), rng.normal(size=4)
    images = rng.normal(size=(3, 2, 5, 7))
    model = rigged(
        student,
        ("conv", tensor(kernel[:, :, None, None]), tensor(shift), 1),
        ("relu",),
        ("flatten",),
        ("linear", tensor(head), tensor(bias)),
    )
    maps = np.einsum("kc,nchw->nkhw", kernel, images) + shift[:, None, None]
    slopes = head[CLASSES].reshape(maps.shape) * (maps > 0)
    alpha = slopes.mean(axis=(2, 3))
    same = alpha.mean(axis=0, keepdims=True).repeat(3, 0)
    first = (head[[2, 2, 2]].reshape(maps.shape) * (maps > 0)).mean(axis=(2, 3))
    mistakes = {
        "each image has its own alpha: keep the batch axis": public.weighted(same, maps),
        "one number alpha for each map: the mean over its rows and columns": (slopes * maps).sum(1),
        "each image has its own class": public.weighted(first, maps),
        "the maps of the layer asked for, not of the ReLU behind it": public.weighted(
            alpha, public.relu(maps)
        ),
        "each image has its own alpha: do not take the first one's": public.weighted(
            alpha[:1].repeat(3, 0), maps
        ),
        "the mean of the gradient, not of its positive part": public.weighted(
            public.relu(slopes).mean(axis=(2, 3)), maps
        ),
        "a sum over the images, not their mean: each image keeps its own gradient": public.weighted(
            alpha / 3, maps
        ),
    }
    mistakes = {hint: public.relu(value) for hint, value in mistakes.items()}
    return model, images, public.relu(public.weighted(alpha, maps)), mistakes


@question("q5", weight=2)
def test_several_images(student, rng, public):
    """alpha is the mean of a gradient that differs from place to place, image by image"""
    while True:  # until no two of these maps are the same, as those are that are 0 everywhere
        model, images, right, mistakes = flattened(student, rng, public)
        if public.telling(right, mistakes):
            break
    got = student.gradcam(model, layer_of(model, 0), tensor(images), tensor(CLASSES))
    expect(got, "the maps").close(right, 1e-6, 1e-6, mistakes)


@question("q5")
def test_predicted_classes(student, rng, public):
    """without classes, each image's map is that of the class predicted for it"""

    def at(classes):
        alpha = head[classes] / maps[0, 0].size
        return public.relu(public.weighted(alpha, maps))

    while True:
        model, images, maps, (head, bias) = public.pooled(student, rng, 5, 1)
        guesses = (maps.mean(axis=(2, 3)) @ head.T + bias).argmax(axis=1)
        mistakes = {
            "without classes, take the predicted ones: scores.argmax(dim=1)": at(np.zeros(5, int)),
            "each image has its own prediction: argmax over the classes": at(guesses[:1].repeat(5)),
        }
        if public.telling(at(guesses), mistakes):
            break
    got = student.gradcam(model, layer_of(model, 0), tensor(images))
    expect(got, "the maps").close(at(guesses), 1e-6, 1e-6, mistakes)


# ------------------------------------------------------------- q6


@question("q6")
def test_mistakes_of_several_batches(student, rng, public):
    """the index counts all images, in their order, and at most `most` are given"""
    sizes = [6, 9, 4, 7]
    wrong = np.array([1, 4, 6, 7, 14, 16, 18, 20, 21, 25])
    scores, labels, guesses = public.rigged_scores(rng, 26, wrong)
    rows = np.stack([wrong, labels[wrong], guesses[wrong]], axis=1)
    starts = np.repeat(np.cumsum([0, *sizes[:-1]]), sizes)
    number = np.repeat(np.arange(4), sizes)
    within, even = rows.copy(), rows.copy()
    within[:, 0] -= starts[wrong]
    even[:, 0] += (number * np.repeat(sizes, sizes) - starts)[wrong]
    for most in (2, 7):
        mistakes = {
            "count on over the batches: add the number of images that came before": within[:most],
            "batches differ in size: add up their lengths as they come": even[:most],
            "stop at `most`": rows,
            "`most` holds for all batches together": np.concatenate(
                [rows[number[wrong] == n][:most] for n in range(4)]
            ),
            "the first ones, not the last ones": rows[-most:],
        }
        model = public.scorer(student, 6)
        got = student.misclassified(model, public.batches_of(scores, labels, sizes), most)
        expect(got, "what misclassified gives").equals(rows[:most], mistakes)
