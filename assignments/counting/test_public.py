"""Public checks of `counting`: small cases, counted by hand, and how answers hang together."""

from autograder.checks import expect, question

SHALLOW = "each filter reaches through all of its layer's input channels"
NO_PADDING = "the padding is left out"
PADDING_ONCE = "padding stands at both ends: it counts twice"
LATER_LAYERS = "a layer's own stride counts only for the layers after it"


def conv(inputs, outputs, kernel, **given):
    usual = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": False}
    return {"kind": "conv", "in": inputs, "out": outputs, "kernel": kernel, **usual, **given}


def pool(kernel, stride):
    return {"kind": "pool", "kernel": kernel, "stride": stride, "padding": 0}


def draw(rng, low, high):
    return int(rng.integers(low, high + 1))


def whole_windows(answer, name, biases):
    """Fail unless each of the 256 channels between the layers brings as many 3 x 3 windows."""
    count = expect(answer, name).exact()
    hint = "write the exact number: do not round it" if count % 1000 == 0 else SHALLOW
    hint = biases if count % (9 * 256) == 256 + 512 else hint
    said = f"{name} is no positive multiple of 9 x 256: 3 x 3 windows, 256 channels in between"
    expect(answer, name).that(count > 0 and count % (9 * 256) == 0, said, hint)


@question("q1")
def test_weights_come_in_kernels_of_nine(student):
    """the weights come in whole 3 x 3 kernels, and nothing else is counted"""
    whole_windows(student.BLOCK_PARAMETERS, "BLOCK_PARAMETERS", "this block has no biases")


@question("q2")
def test_multiply_adds_come_in_windows_of_nine(student):
    """the multiply-adds come in whole 3 x 3 windows, and nothing else is counted"""
    no_bias = "adding a bias multiplies nothing, and this block has no biases"
    whole_windows(student.BLOCK_MACS, "BLOCK_MACS", no_bias)


@question("q3", weight=2)
def test_memory_change_of_small_shapes(student, rng):
    """memory_change_percent compares height x width x channels, relative to before"""
    for before, after, right, of_after, sides, channels in (
        ((8, 8, 4), (4, 4, 12), -25, -100 / 3, -75, 200),
        ((4, 6, 10), (4, 3, 25), 25, 20, -50, 150),
        ((2, 3, 5), (1, 2, 2), -260 / 3, -650, -200 / 3, -60),
        ((1, 3, 2), (2, 2, 5), 700 / 3, 70, 100 / 3, 150),
    ):
        more, deeper = draw(rng, 1, 4), draw(rng, 1, 4)  # in both shapes: the change is the same
        shapes = ((h * more, w * more, c * deeper) for h, w, c in (before, after))
        mistakes = {
            "give the change, not the ratio: subtract what was there before": right + 100,
            "that is a ratio: take (after - before) / before, in percent": right / 100 + 1,
            "multiply by 100: the answer is in percent": right / 100,
            "divide by the number of features before, not after": of_after,
            "take after minus before: growth is positive": -right,
            "count the channels too, not only height x width": sides,
            "count height and width too, not only channels": channels,
        }
        got = expect(student.memory_change_percent(*shapes), "memory_change_percent").number()
        expect(got, "the percentage").close(right, 1e-6, 1e-4, mistakes)


@question("q4")
def test_defaults_slide_a_bare_kernel(student, rng):
    """with n and kernel alone, the kernel moves by one, without padding or dilation"""
    cases = (5, 3, 3, 1), (6, 3, 4, 2), (7, 1, 7, 7), (7, 5, 3, 1), (28, 5, 24, 5)
    more = draw(rng, 80, 120)  # three more pixels bring three more outputs
    for n, kernel, right, strided in (*cases, (30 + 3 * more, 3, 28 + 3 * more, 10 + more)):
        mistakes = {
            "the first start counts as well: add 1 at the end": right - 1,
            "padding is 0 unless it is asked for": n,
            "stride is 1 unless it is asked for": strided,
        }
        expect(student.out_size(n, kernel), "out_size").equals(right, mistakes)


@question("q4")
def test_padding_stands_at_both_ends(student, rng):
    """padding adds its zeros at both ends of the row"""
    for n, k, s, p, right, once, bare in (
        (5, 3, 1, 1, 5, 4, 3),
        (9, 3, 2, 1, 5, 4, 4),
        (10, 8, 2, 2, 4, 3, 2),
        (12, 5, 3, 4, 6, 4, 3),
    ):
        more = draw(rng, 0, 9)  # each further stride of pixels brings one more output
        mistakes = {PADDING_ONCE: once + more, NO_PADDING: bare + more}
        got = student.out_size(n + s * more, k, stride=s, padding=p, dilation=1)
        expect(got, "out_size").equals(right + more, mistakes)


@question("q5")
def test_parameters_of_the_layers_add_up(student, rng):
    """the layers of a list are added up, whatever their kinds"""
    mixed = [(2, 3, int(rng.choice([3, 5, 7]))), (3, 5, 3), (5, 4, 1), (4, 7, 2)]
    for sizes in ([(32, 64, 3), (64, 128, 3)], [(3, 32, 3)], [(32, 32, 3), (32, 32, 3)], mixed):
        counts = [i * o * k * k for i, o, k in sizes]
        mistakes = {
            "only the first layer is counted: look where `return` stands": counts[0],
            "only the last layer is counted: add to the total, do not replace it": counts[-1],
            "a kernel has kernel x kernel weights a channel": sum(i * o * k for i, o, k in sizes),
            SHALLOW: sum(o * k * k for _, o, k in sizes),
        }
        got = student.count_parameters([conv(*size) for size in sizes])
        expect(got, "count_parameters").equals(sum(counts), mistakes)
    kinds = [conv(3, 8, 3), {"kind": "bn", "channels": 8}, pool(2, 2), conv(8, 8, 1)]
    each = [expect(student.count_parameters([x]), "count_parameters").exact() for x in kinds]
    expect(student.count_parameters(kinds), "what all kinds count together").equals(sum(each))


@question("q5")
def test_parameters_of_a_linear_layer(student, rng):
    """a linear layer has a weight for each pair of units, and its biases where it has them"""
    for i, o, bias in ((4, 3, False), (4, 3, True), (draw(rng, 3, 90), draw(rng, 91, 200), True)):
        mistakes = {
            "the biases of a linear layer are parameters too": i * o,
            "count biases only where `bias` is true": i * o + o,
            "a linear layer has one bias for each output": i * o + i * bias,
            "linear layers are left out": 0,
        }
        got = student.count_parameters([{"kind": "linear", "in": i, "out": o, "bias": bias}])
        expect(got, "count_parameters").equals(i * o + o * bias, mistakes)


@question("q5")
def test_pooling_has_no_parameters(student, rng):
    """a pooling layer learns nothing"""
    for c, k in ((2, 2), (8, 3), (draw(rng, 9, 99), 2)):
        got = student.count_parameters([conv(c, c, 1), pool(k, 2)])
        expect(got, "count_parameters").equals(c * c, {"a pooling has no weights": c * c + k * k})


@question("q6")
def test_macs_of_one_convolution(student, rng):
    """a convolution uses each of its weights once at every output position"""
    for k, s, p, d, *sides in (  # outputs on 12 pixels: right, bare, padded once, not dilated
        (3, 1, 1, 1, 12, 10, 11, 12),
        (3, 2, 1, 1, 6, 5, 6, 6),
        (5, 2, 2, 1, 6, 4, 5, 6),
        (3, 1, 2, 2, 12, 8, 10, 14),
        (3, 3, 2, 2, 4, 3, 4, 5),
    ):
        i, o, more = draw(rng, 2, 3), draw(rng, 4, 5), draw(rng, 0, 1)
        n, weights = 12 + 6 * more, i * o * k * k  # 6 more pixels are 6 / s more outputs
        right, bare, once, dense = (weights * (side + 6 * more // s) ** 2 for side in sides)
        mistakes = {
            "a convolution works at its output's positions, not its input's": weights * n * n,
            "a multiplication with its addition is one multiply-add, not two": 2 * right,
            SHALLOW: right // i,
            NO_PADDING: bare,
            PADDING_ONCE: once,
            "the dilation is left out": dense,
        }
        layer = conv(i, o, k, stride=s, padding=p, dilation=d)
        expect(student.count_macs([layer], n, n), "count_macs").equals(right, mistakes)


@question("q6")
def test_pooling_shrinks_the_map_for_later_layers(student, rng):
    """a layer after a pooling works on the smaller map"""
    o = draw(rng, 2, 9)
    three = [conv(1, 2, 3, padding=1), pool(2, 2), conv(2, 3, 3, padding=1)]
    four = [pool(3, 2), conv(2, 3, 5, padding=2), pool(2, 2), conv(3, 4, 1)]
    for layers, side, right, unpooled in (
        ([pool(2, 2), conv(2, o, 1)], 8, 2 * o * 4 * 4, 2 * o * 8 * 8),
        (three, 10, 18 * 10 * 10 + 54 * 5 * 5, (18 + 54) * 10 * 10),
        (four, 17, 150 * 8 * 8 + 12 * 4 * 4, (150 + 12) * 17 * 17),
    ):
        mistake = {"a pooling has no weights, but the layers after it see a smaller map": unpooled}
        expect(student.count_macs(layers, side, side), "count_macs").equals(right, mistake)


@question("q6")
def test_macs_of_a_linear_layer(student, rng):
    """a linear layer uses each weight once, whatever the size of the image"""
    for i, o, bias, side in ((12, 5, False, 4), (draw(rng, 9, 99), 10, True, 5)):
        mistakes = {
            "linear layers are left out": 0,
            "adding the bias of a linear layer multiplies nothing": i * o + o,
            "a linear layer has no positions: leave height and width out": i * o * side**2,
        }
        layers = [{"kind": "linear", "in": i, "out": o, "bias": bias}]
        expect(student.count_macs(layers, side, side), "count_macs").equals(i * o, mistakes)


@question("q6")
def test_pooling_and_batch_norm_cost_nothing(student, rng):
    """pooling and batch norm do no multiply-adds"""
    for c, side in ((3, 4), (8, 6), (draw(rng, 9, 20), 8)):
        right, bn = (c * side) ** 2, {"kind": "bn", "channels": c}
        for last, extra in ((pool(2, 2), side**2), (bn, c * side**2)):
            got = student.count_macs([conv(c, c, 1), last], side, side)
            mistake = {f"{last['kind']} counts 0 multiply-adds": right + extra}
            expect(got, "count_macs").equals(right, mistake)


@question("q7")
def test_batch_norm_and_single_pixels_see_no_further(student, rng):
    """each convolution adds kernel - 1; a window of 1 x 1 and a batch norm add nothing"""
    more = 2 * draw(rng, 3, 9)
    for kernels, right in (((3,), 3), ((3, 3), 5), ((1, 3, 1), 3), ((3, 3, 1 + more), 5 + more)):
        mistakes = {
            "batch norm sees one pixel: it does not widen the field": right + 2 * len(kernels),
            "a kernel adds kernel - 1, not kernel": sum(kernels),
            "without any layer an output sees one pixel: start from 1": right - 1,
        }
        bn = {"kind": "bn", "channels": 4}
        layers = [x for k in kernels for x in (conv(4, 4, k), bn, pool(1, 1))]
        expect(student.receptive_field(layers), "receptive_field").equals(right, mistakes)


@question("q7")
def test_strides_spread_the_later_kernels(student, rng):
    """after a strided convolution, later kernels reach further by its stride"""
    for before, field, plain, early, jump in (  # before: pairs of kernel and stride
        ([(3, 2)], 3, 3, 5, 2),
        ([(3, 1), (5, 3), (3, 2)], 13, 9, 27, 6),
        ([(3, 2), (3, 1), (5, 2), (3, 3)], 23, 11, 49, 12),
    ):
        gaps = int(rng.choice([2, 4]))  # of one more kernel
        layers = [*(conv(4, 4, k, stride=s) for k, s in before), conv(4, 4, gaps + 1)]
        keep = "a stride widens the steps of all later layers: keep a jump"
        mistakes = {keep: plain + gaps, LATER_LAYERS: early + gaps * jump}
        got = student.receptive_field(layers)
        expect(got, "receptive_field").equals(field + gaps * jump, mistakes)


@question("q7")
def test_doubling_convention_by_name(student, rng):
    """with convention="doubling", each pool doubles the field and each conv adds kernel - 1"""
    table = [conv(4, 4, 3)] * 5 + [pool(2, 2)] + [conv(4, 4, 3)] * 4 + [pool(2, 2)]
    gap = int(rng.choice([2, 4, 6]))  # of one more convolution
    for layers, doubled, exact, plain in (
        (table[:7], 24, 16, 14),
        (table, 60, 30, 21),
        ([*[conv(4, 4, 3), pool(2, 2)] * 3, conv(4, 4, gap + 1)], 36 + gap, 22 + 8 * gap, 10 + gap),
    ):
        mistakes = {
            "this is the exact field; the doubling convention was asked for": exact,
            "each pool doubles the field": plain,
        }
        got = student.receptive_field(layers, convention="doubling")
        expect(got, "receptive_field").equals(doubled, mistakes)
