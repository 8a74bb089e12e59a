"""Hidden checks. They know the convolution by its definition only: window by window."""

from itertools import product

import numpy as np
from sympy import Symbol

from autograder.checks import expect, question
from autograder.checks.symbols import FormulaError, coerce

INPUTS = [f"x{i}{p}" for i in (1, 2) for p in (1, 2, 3, 4)]
OUTPUTS = ["y11", "y12", "y21", "y22"]
NAMES = ("w{i}{j}_{t}", "W{i}{j}_{t}", "w_{{{t}}}^{{{i}{j}}}", "W{i}{j}[0,{c}]", "W[{a},{b},{c}]")

SWAPPED = "W^{ij} leads from input channel i to output channel j; yours has the two swapped"
MIXED = "flatten one channel after the other: x11, x12, x13, x14, then x21, ..."
TWELVE = "every entry is 0 or one of the twelve weights w11_1 to w22_3: all positions share them"

LEFT_TOO = "pad zeros at the left end of every channel too"
RIGHT_TOO = "pad zeros at the right end of every channel too"
CHANNELS = "there may be more outputs than inputs, or fewer: count the two kinds of channels apart"
NO_ZEROS = "the padding is not used: the first window begins `pad` zeros before the signal"
UNSTRIDED_PAD = "window p begins at p * stride - pad: the stride does not stretch the padding"


def starts(width, k, stride=1, pad=0):
    """Return where the windows begin, in positions of the signal before padding."""
    return range(-pad, width + pad - k + 1, stride)


def convolve(W, X, begin):
    """Return Y[j, p], the sum over i and t of W[i, j, t] X[i, begin[p] + t]."""
    k, margin = W.shape[2], 30
    padded = np.pad(X, ((0, 0), (margin, margin)))
    windows = [padded[:, margin + s : margin + s + k] for s in begin]
    return np.array([[(W[:, j] * seen).sum() for seen in windows] for j in range(W.shape[1])])


def responses(W, width, begin):
    """Return the matrix of a convolution: its columns are the outputs for unit signals."""
    units = np.eye(len(W) * width, dtype=int).reshape(-1, len(W), width)
    return np.stack([convolve(W, unit, begin).ravel() for unit in units], axis=1)


def slopes(dY, X, k, begin):
    """Return dL/dW for L = sum of dY * Y: linear in W, so the slope is L at a unit kernel."""
    shape = (len(X), len(dY), k)
    units = np.eye(np.prod(shape), dtype=int).reshape(-1, *shape)
    return np.array([(dY * convolve(unit, X, begin)).sum() for unit in units]).reshape(shape)


def distinct(rng, *shape):
    """Return different whole numbers from 1 on: every entry can be told from the others."""
    return rng.permutation(np.prod(shape)).reshape(shape) + 1


def same(channel, *channels):
    """Return that many channels, all of them alike."""
    return np.tile(channel, (*channels, 1))


def kernel_symbols():
    """Return an array (2, 2, 3) in which every weight of W^{ij} is called Wij, and its names."""
    places = list(product(range(2), range(2), range(3)))
    symbols = {(a, b, c): Symbol(f"W{a + 1}{b + 1}") for a, b, c in places}
    W = np.array([symbols[p] for p in places], dtype=object).reshape(2, 2, 3)
    return W, {
        name.format(i=a + 1, j=b + 1, t=c + 1, a=a, b=b, c=c): W[a, b, c]
        for a, b, c in places
        for name in NAMES
    }


def read(got, name, names):
    """Return formulas as rows of a table; `names` says what the weights stand for."""
    expect(got, name).present()
    try:
        rows = coerce(got, names)
    except FormulaError as error:
        expect(got, name).fail("type", f"{name} cannot be read: {error}", TWELVE)
    return rows if isinstance(rows, list) else [[rows]]


@question("q1", weight=10)
def test_each_block_holds_its_own_kernel(student):
    """every block of A holds the kernel from its input channel to its output channel"""
    W, names = kernel_symbols()
    want, begin = responses(W, 4, range(2)), range(2)
    mistakes = {
        SWAPPED: responses(W.swapaxes(0, 1), 4, begin).tolist(),
        MIXED: want[:, [0, 4, 1, 5, 2, 6, 3, 7]].tolist(),
    }
    expect(read(student.A, "A", names), "A, with Wij for every weight of W^{ij},").same_expression(
        want.tolist(), {}, mistakes=mistakes, labels=(OUTPUTS, INPUTS)
    )


@question("q2", weight=6)
def test_relation_between_the_matrices(student):
    """RELATION names the relation that holds whatever the weights are"""
    undo = "it would undo the layer; a gradient only asks how much an input moves each output"
    mistakes = {
        "A has 4 rows and B has 8: they cannot be the same": "a",
        f"a 4 x 8 matrix has no inverse; and {undo}": "b",
        f"the pseudo-inverse would undo the layer as well as can be; {undo[20:]}": "c",
        "write out dL/dx11 and dL/dx12: which entries of A stand in them, and in what order?": "e",
    }
    letter = expect(student.RELATION, "RELATION").text().strip("().: \n").lower()
    one = "RELATION is one letter from a to e"
    expect(letter, "RELATION").that(letter in set("abcde"), one, one)
    expect(letter, "RELATION").choice("d", mistakes=mistakes)


@question("q3", weight=4)
def test_way_back_joins_the_right_channels(student):
    """KERNELS_DX leads back from each output channel to each input channel"""
    W, names = kernel_symbols()
    got = student.KERNELS_DX
    halves = expect(list(got) if isinstance(got, np.ndarray) else got, "KERNELS_DX").tuple(2)
    found = [row for j in range(2) for row in read(halves[j], f"KERNELS_DX[{j}]", names)]
    back = "KERNELS_DX[j][i] goes back along W^{ij}: from output channel j to input channel i"
    labels = [f"KERNELS_DX[{j}][{i}]" for j, i in product(range(2), range(2))], "123"
    want, kept = W.swapaxes(0, 1).reshape(4, 3), W.reshape(4, 3)
    expect(found, "KERNELS_DX, with Wij for every weight of W^{ij},").same_expression(
        want.tolist(), {}, mistakes={back: kept.tolist()}, labels=labels
    )


@question("q3", weight=3)
def test_whether_the_way_back_is_a_convolution(student):
    """IS_CONVOLUTION says whether B is the matrix of a convolution"""
    hint = "look at the entries of B that are not 0: each input channel is one band again"
    got = student.IS_CONVOLUTION
    one = "IS_CONVOLUTION is True or False"
    expect(got, "IS_CONVOLUTION").that(isinstance(got, (bool, np.bool_)), one, one)
    expect(got, "IS_CONVOLUTION").equals(True, mistakes={hint: False})


@question("q4", weight=5)
def test_matrix_with_zeros_around(student, rng):
    """padding adds windows at both ends and no columns"""
    for width, pad in ((4, 1), (5, 2)):
        W = same(distinct(rng, 3), 2, 2)
        mistakes = {
            NO_ZEROS: responses(W, width, starts(width, 3)),
            RIGHT_TOO: responses(W, width, range(-pad, width - 2)),
            LEFT_TOO: responses(W, width, range(width + pad - 2)),
            "there are width + 2 pad - k + 1 windows, and the first begins before the signal": (
                responses(W, width, range(width + 2 * pad - 2))
            ),
            "the zeros are no inputs: leave their columns out": responses(
                W, width + 2 * pad, range(width + 2 * pad - 2)
            ),
        }
        got = student.conv1d_matrix(W, width, pad=pad)
        expect(got, "conv1d_matrix with padding").equals(
            responses(W, width, starts(width, 3, pad=pad)), mistakes=mistakes
        )


@question("q4", weight=3)
def test_matrix_with_stride_and_zeros(student, rng):
    """with padding too, a stride keeps every stride-th row of the matrix with stride 1"""
    for width, stride, pad in ((5, 2, 1), (5, 3, 2), (7, 2, 2)):
        W, begin = distinct(rng, 1, 1, 3), starts(width, 3, stride, pad)
        every = expect(student.conv1d_matrix(W, width, pad=pad), "conv1d_matrix").array(ndim=2)
        expect(every, "conv1d_matrix").that(every.any(), "the matrix holds nothing but zeros")
        added = (width - 3) // stride + 1 + 2 * pad
        wrong = {
            UNSTRIDED_PAD: [(p - pad) * stride for p in range(len(begin))],
            "the stride divides all of width + 2 pad - k": [p * stride - pad for p in range(added)],
        }
        mistakes = {hint: responses(W, width, places) for hint, places in wrong.items()}
        got = student.conv1d_matrix(W, width, stride=stride, pad=pad)
        expect(got, "conv1d_matrix with stride and padding").equals(
            every[::stride], mistakes=mistakes
        )


@question("q4", weight=4)
def test_matrix_of_any_size(student, rng):
    """any number of channels, any kernel size, and weights that are not whole numbers"""
    for inputs, outputs, k, width in ((1, 3, 2, 5), (3, 1, 4, 6), (3, 2, 1, 3), (2, 3, 5, 5)):
        W, begin = same(rng.normal(0, 3, k), inputs, outputs), starts(width, k)
        mistakes = {
            CHANNELS: responses(W[:, :inputs], width, begin),
            "the kernel size is W.shape[2]: it is not always 3": responses(
                W, width, range(width - 2)
            ),
            "keep the fractions: an array of whole numbers cuts them off": responses(
                np.trunc(W), width, begin
            ),
        }
        got = student.conv1d_matrix(W, width)
        expect(got, "conv1d_matrix").close(
            responses(W, width, begin), atol=1e-12, mistakes=mistakes
        )


@question("q5", weight=4)
def test_weight_gradient_with_zeros_around(student, rng):
    """with padding, the weights meet the zeros at both ends too"""
    for width, pad in ((5, 1), (4, 2)):
        begin = starts(width, 3, pad=pad)
        count = len(begin)
        X, dY = same(distinct(rng, width), 2), same(distinct(rng, count), 2)
        shifted = {LEFT_TOO: range(count), RIGHT_TOO: range(-2 * pad, count - 2 * pad)}
        mistakes = {hint: slopes(dY, X, 3, wrong) for hint, wrong in shifted.items()}
        got = student.conv1d_weight_gradient(dY, X, 3, pad=pad)
        expect(got, "conv1d_weight_gradient with padding").close(
            slopes(dY, X, 3, begin), mistakes=mistakes
        )


@question("q5", weight=2)
def test_weight_gradient_with_stride_and_zeros(student, rng):
    """with padding too, stride 2 acts as stride 1 does on dY with zeros put in between"""
    for width, pad in ((5, 1), (7, 1), (7, 2)):  # the last window ends where the zeros end
        begin = starts(width, 3, 2, pad)
        X, dY = distinct(rng, 1, width), distinct(rng, 1, len(begin))
        spread = np.zeros((1, 2 * len(begin) - 1), int)
        spread[:, ::2] = dY
        want = student.conv1d_weight_gradient(spread, X, 3, pad=pad)
        want = expect(want, "conv1d_weight_gradient").array((1, 1, 3))
        expect(want, "conv1d_weight_gradient").that(want.any(), "every slope is zero")
        wrong = slopes(dY, X, 3, [(p - pad) * 2 for p in range(len(begin))])
        got = student.conv1d_weight_gradient(dY, X, 3, stride=2, pad=pad)
        expect(got, "conv1d_weight_gradient with stride and padding").close(
            want, mistakes={UNSTRIDED_PAD: wrong}
        )


@question("q5", weight=3)
def test_weight_gradient_of_any_size(student, rng):
    """any number of channels, any kernel size, and signals that are not whole numbers"""
    for inputs, outputs, k, width in ((1, 3, 2, 5), (3, 1, 4, 6), (3, 2, 1, 3), (2, 3, 5, 5)):
        begin = starts(width, k)
        X, dY = same(rng.normal(0, 3, width), inputs), same(rng.normal(0, 3, len(begin)), outputs)
        want = slopes(dY, X, k, begin)
        mistakes = {
            CHANNELS: want[:, :inputs],
            "keep the fractions: an array of whole numbers cuts them off": np.trunc(want),
        }
        got = student.conv1d_weight_gradient(dY, X, k)
        expect(got, "conv1d_weight_gradient").close(want, atol=1e-12, mistakes=mistakes)
