"""Hidden checks of `counting`: the values of the block, and the counters' fine print."""

from fractions import Fraction

from autograder.checks import expect, question

FIRST, SECOND = 3 * 3 * 128 * 256, 3 * 3 * 256 * 512
NO_DILATION = "the dilation is left out"
DILATED_KERNEL = "dilation stretches the kernel - 1 gaps between the taps"
NO_GROUPS = "the groups are left out: a filter sees in / groups channels"
GROUPS_TWICE = "every output channel keeps its filter: divide by groups only once"


def reach(kernel, dilation):
    """Return how many pixels a dilated kernel covers, from its first tap to its last."""
    return range(0, dilation * kernel, dilation)[-1] + 1


def positions(n, kernel, stride, padding, dilation=1):
    """Return on how many places of a padded side of n pixels a kernel can stand."""
    row = range(n + 2 * padding)
    return sum(start + dilation * (kernel - 1) in row for start in row[::stride])


def macs(layers, side):
    """Return the multiply-adds of convs and pools on a square image."""
    total = 0
    for x in layers:
        side = positions(side, x["kernel"], x["stride"], x["padding"], x.get("dilation", 1))
        total += side**2 * x["kernel"] ** 2 * x["in"] * x["out"] if x["kind"] == "conv" else 0
    return total


def span(layers):
    """Return the receptive field of dense kernels: follow one output back to the input."""
    pixels = {0}
    for x in reversed(layers):
        pixels = {pixel * x["stride"] + tap for pixel in pixels for tap in range(x["kernel"])}
    return max(pixels) - min(pixels) + 1


def block_count(answer, name, right, biases, mistakes):
    """Compare a count; one that is too large by the biases is left to a public check."""
    count = expect(answer, name).exact()
    expect(right if count == right + biases else count, name).equals(right, mistakes)


@question("q1", weight=9)
def test_block_parameters(student, public):
    """the filters of both layers are counted, each as deep as its input"""
    right = FIRST + SECOND
    mistakes = {
        public.SHALLOW: 9 * (256 + 512),
        "a kernel has 3 x 3 weights for each channel, not 1": right // 9,
        "a kernel has 3 x 3 weights for each channel, not 3": right // 3,
        "the second layer's inputs are the first layer's outputs": FIRST + 9 * 128 * 512,
        "count both layers: the second is missing": FIRST,
        "all positions share the weights: leave height and width out": 32**2 * right,
    }
    block_count(student.BLOCK_PARAMETERS, "BLOCK_PARAMETERS", right, 256 + 512, mistakes)


@question("q2", weight=9)
def test_block_multiply_adds(student, public):
    """each layer uses its weights once at each of its own output positions"""
    both, right = FIRST + SECOND, 32**2 * (FIRST + SECOND)
    mistakes = {
        "a multiplication with its addition is one multiply-add, not two": 2 * right,
        "the stride of the first layer shrinks the map": 64**2 * both,
        "the stride is the first layer's: count its outputs": 64**2 * FIRST + 32**2 * SECOND,
        "round the output's size down: the last step does not fit": 33**2 * both,
        "an output's size is a whole number: round it down": both * 65**2 // 4,
        "each layer pads its input by 1 at each end": 31**2 * FIRST + 29**2 * SECOND,
        public.PADDING_ONCE: 32**2 * FIRST + 31**2 * SECOND,
        public.SHALLOW: 32**2 * 9 * (256 + 512),
        "there are height x width positions, not height alone": 32 * both,
        "these are the weights: each is used at every output position": both,
    }
    block_count(student.BLOCK_MACS, "BLOCK_MACS", right, 32**2 * (256 + 512), mistakes)


@question("q3")
def test_block_memory_change(student):
    """MEMORY_CHANGE_PERCENT compares all features of X with all features of the output"""
    answer = student.MEMORY_CHANGE_PERCENT
    answer = answer.strip().removesuffix("%").strip() if isinstance(answer, str) else answer
    sides, channels = Fraction(32**2, 64**2), Fraction(512, 128)
    mistakes = {
        "count the channels too, not only height x width": 100 * (sides - 1),
        "count height and width too, not only the channels": 100 * (channels - 1),
        "give the change, not the ratio: subtract what was there before": 100 * sides * channels,
        "that is a ratio: take (after - before) / before, in percent": sides * channels,
        "take the output of the second layer, not of the first": 100 * (sides * 2 - 1),
    }
    change = expect(answer, "MEMORY_CHANGE_PERCENT").number()
    expect(change, "MEMORY_CHANGE_PERCENT").close(100 * (sides * channels - 1), mistakes=mistakes)


@question("q4")
def test_a_step_that_does_not_fit_is_not_taken(student, rng, public):
    """a last step that would leave the row is not taken: the size is rounded down"""
    for k, s in ((3, 2), (1, 2), (2, 3), (5, 3), (3, 4), (7, 4)):
        right = public.draw(rng, 3, 30)
        n = right * s + k - 1
        mistakes = {
            "a size is a whole number: round it down": right + (s - 1) / s,
            "round down, not up or to the nearest: the last step does not fit": right + 1,
            "the first start counts as well: add 1 after dividing": right - 1,
        }
        got = student.out_size(n, k, stride=s, padding=0, dilation=1)
        expect(got, "out_size").close(right, rtol=0, atol=0, mistakes=mistakes)


@question("q4")
def test_dilation_widens_the_kernel(student, rng, public):
    """a dilated kernel reaches over its taps and the gaps between them"""
    for k, s, d in ((3, 1, 2), (5, 1, 3), (2, 1, 4), (3, 2, 2), (4, 3, 5)):
        right = public.draw(rng, 12, 30)
        n = (right - 1) * s + reach(k, d)
        mistakes = {NO_DILATION: (n - k) // s + 1, DILATED_KERNEL: (n - d * k) // s + 1}
        got = student.out_size(n, k, stride=s, padding=0, dilation=d)
        expect(got, "out_size").equals(right, mistakes)


@question("q5")
def test_groups_cut_the_filters(student, rng, public):
    """with groups, a filter reaches through in / groups channels only"""
    for groups, kernel in ((2, 3), (4, 1), (3, 5), (16, 3)):
        depth, o = public.draw(rng, 1, 3), groups * public.draw(rng, 1, 3)
        layer, right = public.conv(groups * depth, o, kernel, groups=groups), o * depth * kernel**2
        mistakes = {NO_GROUPS: right * groups, GROUPS_TWICE: right // groups}
        expect(student.count_parameters([layer]), "count_parameters").equals(right, mistakes)


@question("q5")
def test_one_bias_for_each_output_channel(student, rng, public):
    """bias=True adds one number for each output channel of a convolution, whatever the groups"""
    for groups in (1, 2, 4):
        i, o = groups * public.draw(rng, 2, 4), groups * public.draw(rng, 5, 7)
        layers = [public.conv(i, o, 3, groups=groups, bias=bias) for bias in (False, True)]
        counts = [student.count_parameters([layer]) for layer in layers]
        plain, biased = (expect(count, "count_parameters").exact() for count in counts)
        mistakes = {
            "biases are parameters too, where `bias` is true": 0,
            "each output channel has its own bias: do not divide them by groups": o // groups,
            "a bias belongs to an output channel, not to an input channel": i,
        }
        expect(biased - plain, "what bias=True adds").equals(o, mistakes)


@question("q5")
def test_batch_norm_learns_two_numbers_a_channel(student, rng, public):
    """a batch norm has a scale and a shift for each channel; running statistics do not count"""
    for c in (public.draw(rng, 3, 9), 64, 256):
        mistakes = {
            "running mean and variance are buffers, not parameters": 4 * c,
            "a batch norm has a scale and also a shift for each channel": c,
            "batch norms are left out": 0,
        }
        got = student.count_parameters([{"kind": "bn", "channels": c}])
        expect(got, "count_parameters").equals(2 * c, mistakes)


@question("q6")
def test_strided_convolutions_shrink_the_map(student, rng, public):
    """a layer after a strided convolution works on the smaller map"""
    for strides in ((2, 1), (3, 1), (2, 2, 1)):
        layers, n = [public.conv(2, 2, s, stride=s) for s in strides], 12 * public.draw(rng, 1, 9)
        alone = sum(macs([x], n) for x in layers)
        mistake = {"every layer starts from the size that the one before it left": alone}
        right = macs(layers, n)
        expect(student.count_macs(layers, n, n), "count_macs").equals(right, mistake)


@question("q6")
def test_images_need_not_be_square(student, rng, public):
    """height and width each count with their own size"""
    layers = [public.conv(2, 3, 1)]
    for h, w in ((2, 5), (9, 4), (public.draw(rng, 3, 6), public.draw(rng, 7, 9))):
        mistakes = {
            "the image need not be square: you used the height twice": 2 * 3 * h * h,
            "the image need not be square: you used the width twice": 2 * 3 * w * w,
        }
        expect(student.count_macs(layers, h, w), "count_macs").equals(2 * 3 * h * w, mistakes)


@question("q6")
def test_groups_save_multiply_adds(student, rng, public):
    """with groups, an output value costs in / groups channels only"""
    for groups, kernel in ((2, 1), (3, 3), (4, 3)):
        places = public.draw(rng, 2, 9)
        layer = public.conv(2 * groups, groups, kernel, groups=groups)
        right = places**2 * 2 * groups * kernel**2
        mistakes = {NO_GROUPS: right * groups, GROUPS_TWICE: right // groups}
        got = student.count_macs([layer], places + kernel - 1, places + kernel - 1)
        expect(got, "count_macs").equals(right, mistakes)


@question("q6")
def test_adding_a_bias_multiplies_nothing(student, rng, public):
    """the biases of a convolution do not count as multiply-adds"""
    for o, n in ((3, 2), (5, 4), (public.draw(rng, 6, 9), public.draw(rng, 2, 5))):
        layers, right = [public.conv(2, o, 1, bias=True)], 2 * o * n * n
        mistake = {"adding a bias multiplies nothing": right + o * n * n}
        expect(student.count_macs(layers, n, n), "count_macs").equals(right, mistake)


@question("q7", weight=1.5)
def test_pools_widen_and_jump(student, rng, public):
    """a pooling widens the field by its own window and spreads the layers after it"""
    for window, stride in ((3, 2), (2, 2), (3, 3), (2, 1)):
        two = [public.conv(4, 4, 3), public.conv(4, 4, 2 * public.draw(rng, 1, 4) + 1)]
        pools = public.pool(window, stride), public.pool(1, stride), public.pool(window, 1)
        layers, points, dense = ([*two, pool, public.conv(4, 4, 3), pool] for pool in pools)
        early = [x for y in layers for x in ({**y, "kernel": 1}, {**y, "stride": 1})]
        doubled = 2 * (2 * span(two) + 2)
        mistakes = {
            "a pooling has a window too: it widens the field": span(points),
            "the stride of a pooling spreads the layers after it: keep a jump": span(dense),
            public.LATER_LAYERS: span(early),
            "each pool doubles only in the other convention, not in this one": doubled,
        }
        right = span(layers)
        expect(student.receptive_field(layers), "receptive_field").equals(right, mistakes)


@question("q7", weight=1.5)
def test_dilation_spreads_the_taps(student, rng, public):
    """a dilated kernel adds its gaps, each as wide as the dilation"""
    for dilations in ((2,), (1, 2, 4), (3, 1), (2, 5, 2)):
        layers = [public.conv(4, 4, 2 * public.draw(rng, 1, 2) + 1, dilation=d) for d in dilations]
        filled = [{**x, "kernel": reach(x["kernel"], x["dilation"])} for x in layers]
        stretched = [{**x, "kernel": x["dilation"] * x["kernel"]} for x in layers]
        spread = "dilation spreads only this layer's taps: it does not change the jump"
        mistakes = {
            NO_DILATION: span(layers),
            DILATED_KERNEL: span(stretched),
            spread: span([{**x, "stride": x["dilation"]} for x in filled]),
        }
        right = span(filled)
        expect(student.receptive_field(layers), "receptive_field").equals(right, mistakes)
