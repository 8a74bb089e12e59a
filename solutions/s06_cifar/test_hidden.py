"""Hidden checks of `s06_cifar`: kernels of strides, the field by hand, holes and moves."""

import numpy as np

from autograder.checks import expect, question
from autograder.checks.graph import fields, graph, last_map


@question("q2", weight=5)
def test_strided_kernels_are_three_wide(student, public):
    """the convolutions with stride 2 have kernels of 3 x 3"""
    strided = [x for x in public.layers_of(public.network(student), "conv") if max(x["stride"]) > 1]
    small = [x for x in strided if x["kernel"] != (3, 3)]
    hint = "a strided kernel of 1 x 1 skips three pixels of four: use 3 x 3"
    public.says(not small, "a convolution with stride 2 is not 3 x 3", hint)


@question("q3", weight=5)
def test_the_field_that_was_worked_out(student, public):
    """RECEPTIVE_FIELD is the field of the last map before the global average pooling"""
    net = graph(student.Net(), (3, public.SIDE, public.SIDE))
    want, layers = public.field(student), net.layers[: last_map(net) + 1]
    spatial = [x for x in layers if x.kind in ("conv", "max_pool", "avg_pool")]

    def walk(dilate, jumps):
        """Return the widest field with a part of the rule left out."""
        field, jump = 1, 1
        for x in spatial:
            spread = x.numbers.get("dilation", (1, 1))[0] if dilate else 1
            field += (x["kernel"][0] - 1) * spread * jump
            jump *= x["stride"][0] if jumps else 1
        return field

    jump = fields(net)[last_map(net)].jump[0]
    mistakes = {
        "a dilated kernel spreads its taps: multiply by the dilation": walk(False, True),
        "a stride spreads the layers after it: keep a jump": walk(True, False),
        # The pooling is a kernel of 32 / jump places, each a jump apart.
        "leave the pooling out: take the last map before it": want + 32 - jump,
        "this is the size of the image, not the field": 32,
    }
    expect(student.RECEPTIVE_FIELD, "RECEPTIVE_FIELD").equals(want, mistakes)


@question("q4", weight=5)
def test_a_pointwise_convolution_follows(student, public):
    """a 1 x 1 convolution mixes the channels behind a depthwise one"""
    net = public.network(student)
    places = {n for n, x in enumerate(net.layers) if x in public.depthwise(net)}
    after = set()
    for n, layer in enumerate(net.layers):
        if not (places | after) & set(layer.sources):
            continue
        if layer.kind == "conv" and layer["groups"] == 1 == max(layer["kernel"]):
            return
        if layer.kind not in ("conv", "linear", "global_average"):
            after.add(n)  # a norm or an activation stands between
    hint = "put a 1 x 1 convolution with groups=1 after the depthwise one"
    public.says(not places, "no 1 x 1 convolution follows a depthwise one", hint)


@question("q7", weight=3)
def test_shift_moves_each_image_by_itself(student, rng, public):
    """shift moves every image by its own whole number of pixels, both ways, zeros moved in"""
    images, most = public.pictures(rng, 150), 3
    got = public.drawn(student.shift, images, 7, most)
    padded = np.pad(images, [(0, 0), (0, 0), (most, most), (most, most)])
    seen = set()
    for n, image in enumerate(got):
        moves = [
            (down, right)
            for down in range(2 * most + 1)
            for right in range(2 * most + 1)
            if (padded[n, :, down : down + 20, right : right + 20] == image).all()
        ]
        hint = "pad with `most` zeros on every side, then cut at a random place"
        expect(image, "a moved image").that(moves, "an image is not moved as a whole", hint)
        seen.add(moves[0])
    hint = "draw a move down and a move right for each image, from -most to most"
    reached = {down for down, _ in seen}, {right for _, right in seen}
    every = all(part == set(range(2 * most + 1)) for part in reached) and len(seen) > 4 * most
    expect(got, "shift").that(every, f"only {len(seen)} moves occur in 150 images", hint)


@question("q7", weight=2)
def test_holes_are_everywhere(student, rng, public):
    """the middle of a hole is anywhere in its image, and a border may cut the hole"""
    images, size = public.pictures(rng, 300), 8
    empty = public.drawn(student.cutout, images, 11, size)[:, 0] == 0
    cut = empty.sum(axis=(1, 2)) < size * size
    hint = "let the middle be any pixel: at the border the hole is cut, and smaller"
    expect(empty, "cutout").that(cut.mean() > 0.3, f"{cut.mean():.0%} of holes are cut", hint)
    covered = empty.any(axis=0).all()
    hint = "draw the place of the hole for each image, over the whole image"
    expect(empty, "cutout").that(covered, "some pixels are never in a hole", hint)
