"""Hidden checks of `counting`: the values of the block, and the counters' fine print."""

from fractions import Fraction
from itertools import product

from autograder.checks import expect, question

FIRST, SECOND = 3 * 3 * 128 * 256, 3 * 3 * 256 * 512
SHALLOW = "each filter reaches through all of its layer's input channels"
GROUPS_LEFT_OUT = "the groups are left out: a filter sees in / groups channels"
GROUPS_TWICE = "every output channel keeps its filter: divide by groups only once"


def conv(inputs, outputs, kernel, stride=1, dilation=1, groups=1, bias=False):
    sizes = {"in": inputs, "out": outputs, "kernel": kernel, "stride": stride}
    rest = {"padding": 0, "dilation": dilation, "groups": groups, "bias": bias}
    return {"kind": "conv", **sizes, **rest}


def draw(rng, low, high):
    return int(rng.integers(low, high + 1))


def weights(x):
    """Return the places of a conv's weights: out x in / groups x kernel x kernel."""
    square = range(x["kernel"]), range(x["kernel"])
    return list(product(range(x["out"]), range(x["in"] // x["groups"]), *square))


def macs(layers, height, width):
    """Return the multiply-adds of convs without padding or dilation, counted one by one."""
    total = 0
    for x in layers:
        rows, columns = (range(0, n - x["kernel"] + 1, x["stride"]) for n in (height, width))
        total += sum(1 for _ in product(rows, columns, weights(x)))
        height, width = len(rows), len(columns)
    return total


def span(layers):
    """Return the receptive field: follow one output's pixels back to the input."""
    pixels = {0}
    for x in reversed(layers):
        taps = range(0, x.get("dilation", 1) * x["kernel"], x.get("dilation", 1))
        pixels = {pixel * x["stride"] + tap for pixel in pixels for tap in taps}
    return max(pixels) - min(pixels) + 1


def changed(layers, kind, **keys):
    """Return the layers, with other values for some keys of one kind."""
    return [{**x, **keys} if x["kind"] == kind else x for x in layers]


def block_count(answer, name, right, biases, mistakes):
    """Compare a count; one that is too large by the biases is left to a public check."""
    count = expect(answer, name).exact()
    expect(right if count == right + biases else count, name).equals(right, mistakes)


@question("q1", weight=3)
def test_block_parameters(student):
    """the filters of both layers are counted, each as deep as its input"""
    right = FIRST + SECOND
    mistakes = {
        SHALLOW: 9 * (256 + 512),
        "a kernel has 3 x 3 weights for each channel, not 1": right // 9,
        "a kernel has 3 x 3 weights for each channel, not 3": right // 3,
        "the second layer's inputs are the first layer's outputs": FIRST + 9 * 128 * 512,
        "count both layers: the second is missing": FIRST,
        "all positions share the weights: leave height and width out": 32**2 * right,
    }
    block_count(student.BLOCK_PARAMETERS, "BLOCK_PARAMETERS", right, 256 + 512, mistakes)


@question("q2", weight=3)
def test_block_multiply_adds(student):
    """each layer uses its weights once at each of its own output positions"""
    both, right = FIRST + SECOND, 32**2 * (FIRST + SECOND)
    mistakes = {
        "a multiplication with its addition is one multiply-add, not two": 2 * right,
        "the stride of the first layer shrinks the map": 64**2 * both,
        "the stride is the first layer's: count its outputs": 64**2 * FIRST + 32**2 * SECOND,
        "round the output's size down: the last step does not fit": 33**2 * both,
        "an output's size is a whole number: round it down": both * 65**2 // 4,
        "each layer pads its input by 1 at each end": 31**2 * FIRST + 29**2 * SECOND,
        "padding stands at both ends: it counts twice": 32**2 * FIRST + 31**2 * SECOND,
        SHALLOW: 32**2 * 9 * (256 + 512),
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
def test_a_step_that_does_not_fit_is_not_taken(student, rng):
    """a last step that would leave the row is not taken: the size is rounded down"""
    for k, s in ((3, 2), (1, 2), (2, 3), (5, 3), (3, 4), (7, 4)):
        right = draw(rng, 3, 30)
        n = right * s + k - 1
        mistakes = {
            "a size is a whole number: round it down": right + (s - 1) / s,
            "round down, not up or to the nearest: the last step does not fit": right + 1,
            "the first start counts as well: add 1 after dividing": right - 1,
        }
        got = student.out_size(n, k, stride=s, padding=0, dilation=1)
        expect(got, "out_size").close(right, rtol=0, atol=0, mistakes=mistakes)


@question("q4")
def test_dilation_widens_the_kernel(student, rng):
    """a dilated kernel reaches over its taps and the gaps between them"""
    for k, s, d in ((3, 1, 2), (5, 1, 3), (2, 1, 4), (3, 2, 2), (4, 3, 5)):
        right = draw(rng, 12, 30)
        n = (right - 1) * s + range(0, d * k, d)[-1] + 1
        mistakes = {
            "the dilation is left out": (n - k) // s + 1,
            "dilation stretches the kernel - 1 gaps between the taps": (n - d * k) // s + 1,
        }
        got = student.out_size(n, k, stride=s, padding=0, dilation=d)
        expect(got, "out_size").equals(right, mistakes)


@question("q5")
def test_groups_cut_the_filters(student, rng):
    """with groups, a filter reaches through in / groups channels only"""
    for groups, kernel in ((2, 3), (4, 1), (3, 5), (16, 3)):
        layer = conv(groups * draw(rng, 1, 3), groups * draw(rng, 1, 3), kernel, groups=groups)
        right = len(weights(layer))
        mistakes = {GROUPS_LEFT_OUT: right * groups, GROUPS_TWICE: right // groups}
        expect(student.count_parameters([layer]), "count_parameters").equals(right, mistakes)


@question("q5")
def test_one_bias_for_each_output_channel(student, rng):
    """bias=True adds one number for each output channel of a convolution, whatever the groups"""
    for groups in (1, 2, 4):
        i, o = groups * draw(rng, 2, 4), groups * draw(rng, 5, 7)
        plain, biased = (conv(i, o, 3, groups=groups, bias=bias) for bias in (False, True))
        without = expect(student.count_parameters([plain]), "count_parameters").exact()
        added = expect(student.count_parameters([biased]), "count_parameters").exact() - without
        mistakes = {
            "biases are parameters too, where `bias` is true": 0,
            "each output channel has its own bias: do not divide them by groups": o // groups,
            "a bias belongs to an output channel, not to an input channel": i,
        }
        expect(added, "what bias=True adds").equals(o, mistakes)


@question("q5")
def test_batch_norm_learns_two_numbers_a_channel(student, rng):
    """a batch norm has a scale and a shift for each channel; running statistics do not count"""
    for c in (draw(rng, 3, 9), 64, 256):
        mistakes = {
            "running mean and variance are buffers, not parameters": 4 * c,
            "a batch norm has a scale and also a shift for each channel": c,
            "batch norms are left out": 0,
        }
        got = student.count_parameters([{"kind": "bn", "channels": c}])
        expect(got, "count_parameters").equals(2 * c, mistakes)


@question("q6")
def test_strided_convolutions_shrink_the_map(student, rng):
    """a layer after a strided convolution works on the smaller map"""
    for strides in ((2, 1), (3, 1), (2, 2, 1)):
        layers, n = [conv(2, 2, s, stride=s) for s in strides], 12 * draw(rng, 1, 2)
        kept = "every layer starts from the size that the one before it left"
        mistake = {kept: sum(macs([x], n, n) for x in layers)}
        expect(student.count_macs(layers, n, n), "count_macs").equals(macs(layers, n, n), mistake)


@question("q6")
def test_images_need_not_be_square(student, rng):
    """height and width each count with their own size"""
    layers = [conv(2, 3, 1)]
    for h, w in ((2, 5), (9, 4), (draw(rng, 3, 6), draw(rng, 7, 9))):
        mistakes = {
            "the image need not be square: you used the height twice": macs(layers, h, h),
            "the image need not be square: you used the width twice": macs(layers, w, w),
        }
        expect(student.count_macs(layers, h, w), "count_macs").equals(macs(layers, h, w), mistakes)


@question("q6")
def test_groups_save_multiply_adds(student, rng):
    """with groups, an output value costs in / groups channels only"""
    for groups, kernel in ((2, 1), (3, 3), (4, 3)):
        layers, n = [conv(2 * groups, groups, kernel, groups=groups)], kernel + draw(rng, 1, 3)
        right = macs(layers, n, n)
        mistakes = {GROUPS_LEFT_OUT: right * groups, GROUPS_TWICE: right // groups}
        expect(student.count_macs(layers, n, n), "count_macs").equals(right, mistakes)


@question("q6")
def test_adding_a_bias_multiplies_nothing(student, rng):
    """the biases of a convolution do not count as multiply-adds"""
    for o, n in ((3, 2), (5, 4), (draw(rng, 6, 9), draw(rng, 2, 5))):
        layers, right = [conv(2, o, 1, bias=True)], 2 * o * n * n
        mistake = {"adding a bias multiplies nothing": right + o * n * n}
        expect(student.count_macs(layers, n, n), "count_macs").equals(right, mistake)


@question("q7", weight=1.5)
def test_pools_widen_and_jump(student):
    """a pooling widens the field by its own window and spreads the layers after it"""
    for window, stride in ((3, 2), (2, 2), (3, 3), (2, 1)):
        pool = {"kind": "pool", "kernel": window, "stride": stride, "padding": 0}
        layers = [conv(4, 4, 3), conv(4, 4, 3), pool, conv(4, 4, 3), pool]
        early = [x for y in layers for x in ({**y, "kernel": 1}, {**y, "stride": 1})]
        point, still = changed(layers, "pool", kernel=1), changed(layers, "pool", stride=1)
        mistakes = {
            "a pooling has a window too: it widens the field": span(point),
            "the stride of a pooling spreads the layers after it: keep a jump": span(still),
            "a layer's own stride counts only for the layers after it": span(early),
            "each pool doubles only in the other convention, not in this one": 2 * (2 * 5 + 2),
        }
        expect(student.receptive_field(layers), "receptive_field").equals(span(layers), mistakes)


@question("q7", weight=1.5)
def test_dilation_spreads_the_taps(student, rng):
    """a dilated kernel adds its gaps, each as wide as the dilation"""
    for dilations in ((2,), (1, 2, 4), (3, 1), (2, 5, 2)):
        layers = [conv(4, 4, 2 * draw(rng, 1, 2) + 1, dilation=d) for d in dilations]
        stretched = [{**x, "kernel": x["dilation"] * x["kernel"], "dilation": 1} for x in layers]
        spread = span([{**x, "stride": x["dilation"]} for x in layers])
        mistakes = {
            "the dilation is left out": span(changed(layers, "conv", dilation=1)),
            "dilation stretches the kernel - 1 gaps between the taps": span(stretched),
            "dilation spreads only this layer's taps: it does not change the jump": spread,
        }
        expect(student.receptive_field(layers), "receptive_field").equals(span(layers), mistakes)
