"""Public checks: small cases worked out on paper, and what your own answers have in common."""

from itertools import product

import numpy as np
from sympy import Symbol

from autograder.checks import expect, question
from autograder.checks.symbols import FormulaError, coerce

INPUTS = [f"x{i}{p}" for i in (1, 2) for p in (1, 2, 3, 4)]
NAMES = ("w{i}{j}_{t}", "W{i}{j}_{t}", "w_{{{t}}}^{{{i}{j}}}", "W{i}{j}[0,{c}]", "W[{a},{b},{c}]")

SWAPPED = "W^{ij} leads from input channel i to output channel j; yours has the two swapped"
TURNED = "the kernel is turned around: slide it over the signal as it stands"
MIXED = "flatten one channel after the other: x11, x12, x13, x14, then x21, ..."
ROW_AND_COLUMN = "A has a row for each of the 4 outputs and a column for each of the 8 inputs"
RESHAPED = "reshaping a matrix does not exchange its rows and columns"
NESTED = "KERNELS_DX holds two lists, each of two kernels, each of three weights"
THREE = "the rows of y11 and y21 hold three different weights in each block: those of one kernel"
TWELVE = "every entry is 0 or one of the twelve weights w11_1 to w22_3: all positions share them"


def values(W):
    """Return what each name of a weight stands for, as an array W (2, 2, 3) says."""
    return {
        name.format(i=a + 1, j=b + 1, t=c + 1, a=a, b=b, c=c): W[a, b, c]
        for a, b, c in product(range(2), range(2), range(3))
        for name in NAMES
    }


def read(got, name, W, shape, hint):
    """Return a matrix of formulas as an array of objects, with W in place of its weights."""
    expect(got, name).present()
    try:
        found = np.array(coerce(got, values(W)), dtype=object)
    except FormulaError as error:
        expect(got, name).fail("type", f"{name} cannot be read: {error}", TWELVE)
    if found.shape != shape:
        sizes = [" x ".join(map(str, s)) or "one formula" for s in (found.shape, shape)]
        expect(got, name).fail("shape", f"{name} is {sizes[0]}, {sizes[1]} was wanted", hint)
    return found


def read_kernels(student, W):
    """Return KERNELS_DX as an array (2, 2, 3), with W in place of its weights."""
    got = student.KERNELS_DX
    expect(got, "KERNELS_DX").present()
    parts = list(got) if isinstance(got, np.ndarray) and got.ndim else got
    two = isinstance(parts, (list, tuple)) and len(parts) == 2
    expect(got, "KERNELS_DX").that(two, "KERNELS_DX is not a list of two lists", NESTED)
    named = [(part, f"KERNELS_DX[{j}]") for j, part in enumerate(parts)]
    return np.stack([read(part, name, W, (2, 3), NESTED) for part, name in named])


def each(symbol):
    """Return the array (2, 2, 3) of the symbols named by symbol(i, j, t), from 1."""
    named = [Symbol(symbol(i, j, t)) for i, j, t in product((1, 2), (1, 2), (1, 2, 3))]
    return np.array(named, dtype=object).reshape(2, 2, 3)


def different(kernels):
    """Tell whether the three formulas of every kernel are of three different weights."""
    used = [{frozenset(entry.free_symbols) for entry in kernel} for kernel in kernels]
    return all(len(weights - {frozenset()}) == 3 for weights in used)


@question("q1", weight=5)
def test_both_positions_share_the_weights(student):
    """the rows of y12 and y22 are those of y11 and y21, moved one place to the right"""
    A = read(student.A, "A", each("w{}{}_{}".format), (4, 8), ROW_AND_COLUMN)
    first = A[::2].reshape(2, 2, 4)  # the rows of y11 and y21, in blocks of an input channel

    def later(*order):
        """Return those rows with 0 and then the columns named, in every block."""
        return np.insert(first[..., list(order)], 0, 0, axis=2).reshape(2, 8)

    want = later(0, 1, 2)
    half = np.hstack([want[:, :4], A[::2, 4:]])
    mistakes = {
        "the window moves: in the rows of y12 and y22 everything stands one column later": A[::2],
        "both channels move: shift the kernel in the second block too": half,
        "a weight stays with its place in the window, not with the input": later(1, 2, 0),
        MIXED: np.insert(A[::2, :6], [0, 0], 0, axis=1),
    }
    labels = ("y12", "y22"), INPUTS
    expect(A[1::2], "A").same_expression(want, {}, mistakes=mistakes, labels=labels)
    weights = first[..., :3].reshape(4, 3)
    expect(A[::2], "A").that(different(weights), "A repeats a weight or leaves one out", THREE)


@question("q1", weight=5)
def test_first_windows(student):
    """y11 and y21 see the first three positions, under the weights 1, 2, 3 of each kernel"""
    W = each("w_{2}".format)
    w1, w2, w3 = W[0, 0]
    mistakes = {
        TURNED: np.array([[w3, w2, w1, 0, w3, w2, w1, 0]] * 2),
        MIXED: np.array([[w1, w1, w2, w2, w3, w3, 0, 0]] * 2),
    }
    A = read(student.A, "A", W, (4, 8), ROW_AND_COLUMN)
    expect(A[::2], "A, with w_t for every wij_t,").same_expression(
        np.array([[w1, w2, w3, 0, w1, w2, w3, 0]] * 2),
        {},
        mistakes=mistakes,
        labels=(("y11", "y21"), INPUTS),
    )


@question("q2", weight=4)
def test_b_takes_the_gradient_back(student):
    """B times dL/dY~ is dL/dX~, tried with whole numbers"""
    W = np.array([[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [2, 4, 1]]])
    dY = np.array([1, 10, 100, 1000])  # so each digit of a result is one entry of B
    hint = "B takes the 4 numbers dL/dY~ to the 8 numbers dL/dX~: 8 rows and 4 columns"
    B = read(student.B, "B", W, (8, 4), hint)
    mistakes = {
        RESHAPED: np.array([[321, 987, 3210, 9870], [654, 142, 6540, 1420]]),
        "B keeps the order of X~ and of Y~: turn nothing around": (
            np.array([[901, 9814, 8742, 7020], [306, 3265, 2154, 1040]])
        ),
        SWAPPED: np.array([[701, 7812, 8923, 9030], [204, 2445, 4156, 1060]]),
    }
    want = np.array([[401, 4512, 5623, 6030], [207, 2478, 4189, 1090]])
    got, name = (B @ dY).reshape(2, 4), "B dL/dY~, a row for each input channel,"
    expect(got, name).same_expression(want, {}, mistakes=mistakes)


@question("q3", weight=2)
def test_padding_gives_the_width_of_x(student):
    """with PADDING_DX zeros at each end, a kernel of size 3 takes width 2 to width 4"""
    pad = expect(student.PADDING_DX, "PADDING_DX").exact()
    mistakes = {
        "without zeros the result is narrower than dL/dY: it has to be wider": 0,
        "this keeps the width at 2, and X is 4 wide": 2,
        "this counts the zeros of both ends together: PADDING_DX is those of one end": 8,
    }
    expect(2 + 2 * pad - 3 + 1, "the width that results").equals(4, mistakes=mistakes)


@question("q3", weight=4)
def test_one_kernel_for_all_channels_takes_the_gradient_back(student):
    """where all W^{ij} are one and the same kernel, KERNELS_DX takes dL/dY to dL/dX"""
    # All W^{ij} are 1, 2, 3; channel 1 of dL/dY is 1, 10, and channel 2 a hundred times that.
    kernels = read_kernels(student, np.tile([1, 2, 3], (2, 2, 1)))
    met = [[0, 0, 1, 10], [0, 1, 10, 0], [1, 10, 0, 0]]  # by weight 1, 2, 3 of a kernel
    got = (kernels[0] + 100 * kernels[1]) @ np.array(met)
    hint = "follow x11: only weight 1 ever meets it, so on the way back weight 1 comes last"
    mistakes = {hint: np.array([[303, 3232, 2121, 1010]] * 2)}
    want = np.array([[101, 1212, 2323, 3030]] * 2)
    expect(got, "dL/dX").same_expression(want, {}, mistakes=mistakes)


@question("q4", weight=4)
def test_matrix_of_two_channels(student):
    """stride 1, no padding: the matrix multiplies X.ravel() to Y.ravel()"""
    W = np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
    want = np.array(
        [
            [1, 2, 0, 0, 5, 6, 0, 0],
            [0, 1, 2, 0, 0, 5, 6, 0],
            [0, 0, 1, 2, 0, 0, 5, 6],
            [3, 4, 0, 0, 7, 8, 0, 0],
            [0, 3, 4, 0, 0, 7, 8, 0],
            [0, 0, 3, 4, 0, 0, 7, 8],
        ]
    )
    blocks = want.reshape(2, 3, 2, 4)  # output, position, input, position
    mistakes = {
        TURNED: blocks[:, ::-1, :, ::-1].reshape(6, 8),
        SWAPPED: blocks.swapaxes(0, 2).reshape(6, 8),
        MIXED: want[:, [0, 4, 1, 5, 2, 6, 3, 7]],
        "the rows are y11, y12, y13, then y21, ...: one output channel after the other": (
            want[[0, 3, 1, 4, 2, 5]]
        ),
        "one row for each output, one column for each input: yours is the transpose": want.T,
        "the window moves one column from each row of a block to the next": (
            want[[0, 0, 0, 3, 3, 3]]
        ),
        "the kernel size is W.shape[2]: it is not always 3": want[[0, 1, 3, 4]],
    }
    expect(student.conv1d_matrix(W, 4), "conv1d_matrix(W, 4)").equals(want, mistakes=mistakes)


@question("q4", weight=4)
def test_matrix_with_stride(student):
    """with a stride the window moves that many columns a row, as long as it fits whole"""
    W = np.tile([1, 2, 3], (2, 2, 1))  # one kernel for all channels: all blocks are alike
    steps = np.array(
        [
            [1, 2, 3, 0, 0, 0, 0, 0],
            [0, 1, 2, 3, 0, 0, 0, 0],
            [0, 0, 1, 2, 3, 0, 0, 0],
            [0, 0, 0, 1, 2, 3, 0, 0],
            [0, 0, 0, 0, 1, 2, 3, 0],
            [0, 0, 0, 0, 0, 1, 2, 3],
            [0, 0, 0, 0, 0, 0, 1, 2],  # does not fit whole
        ]
    )
    spread = [[1, 0, 2, 0, 3, 0, 0], [0, 1, 0, 2, 0, 3, 0], [0, 0, 1, 0, 2, 0, 3]]
    for width, stride, rows in ((7, 2, [0, 2, 4]), (8, 2, [0, 2, 4]), (8, 3, [0, 3])):
        wrong = {
            "the stride is not used: row p begins at column p * stride": range(width - 2),
            "as many rows as there should be, but row p begins at p * stride": range(len(rows)),
            "round width_out down: a window that does not fit whole is left out": [*rows, 6],
        }
        blocks = {hint: steps[list(chosen), :width] for hint, chosen in wrong.items()}
        blocks["the stride moves the window; it does not spread the weights"] = spread
        mistakes = {hint: np.tile(block, (2, 2)) for hint, block in blocks.items()}
        want = np.tile(steps[rows, :width], (2, 2))
        got = student.conv1d_matrix(W, width, stride=stride)
        expect(got, f"conv1d_matrix(W, {width}, stride={stride})").equals(want, mistakes=mistakes)


@question("q5", weight=4)
def test_weight_gradient(student):
    """stride 1, no padding: entry [i, j, t] is the slope of the loss along W[i, j, t]"""
    dY = np.array([[1, 2, 3], [4, 5, 6]])
    X = np.array([[1, 10, 100, 1000, 10000], [0, 0, 1, 10, 100]])  # a digit for each position
    want = np.array([[[321, 3210, 32100], [654, 6540, 65400]], [[3, 32, 321], [6, 65, 654]]])
    turned = [[[123, 1230, 12300], [456, 4560, 45600]], [[1, 12, 123], [4, 45, 456]]]
    first = [[[1, 10, 100], [4, 40, 400]], [[0, 0, 1], [0, 0, 4]]]
    last = [[[300, 3000, 30000], [600, 6000, 60000]], [[3, 30, 300], [6, 60, 600]]]
    mistakes = {
        "in reverse order: dY slides over X, the longer one, and X stands still": want[..., ::-1],
        "np.convolve turns dY around: take the cross-correlation": turned,
        "the first axis is the input channel, the second the output channel": want.swapaxes(0, 1),
        "all positions share a weight: add up over all of them, not only the last": last,
        "all positions share a weight: add up over all of them, not only the first": first,
        "all positions share a weight: add up over them, do not average": want / 3,
    }
    got = student.conv1d_weight_gradient(dY, X, 3)
    expect(got, "conv1d_weight_gradient(dY, X, 3)").close(want, mistakes=mistakes)


@question("q5", weight=3)
def test_weight_gradient_with_stride(student):
    """with stride 2, weight t meets every second input from t on"""
    X, dY = [1, 0, 10, 2, 100, 20, 1000, 200], [1, 2, 3]  # the same in both channels
    wrong = {
        "the stride is not used: output p has its window at p * stride": [31, 26, 314],
        "k is given: the inputs after the last window are not used": [321, 64, 3210, 642],
    }
    mistakes = {hint: np.tile(kernel, (2, 2, 1)) for hint, kernel in wrong.items()}
    want = np.tile([321, 64, 3210], (2, 2, 1))
    got = student.conv1d_weight_gradient(np.tile(dY, (2, 1)), np.tile(X, (2, 1)), 3, stride=2)
    expect(got, "conv1d_weight_gradient(dY, X, 3, stride=2)").close(want, mistakes=mistakes)
