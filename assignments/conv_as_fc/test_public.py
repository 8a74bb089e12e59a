"""Public checks. They know the convolution by its definition only: window by window."""

from itertools import product

import numpy as np
from sympy import Symbol

from autograder.checks import expect, question
from autograder.checks.symbols import FormulaError, coerce

INPUTS = [f"x{i}{p}" for i in (1, 2) for p in (1, 2, 3, 4)]
SMALL = range(2)  # where the windows of the small case begin
NAMES = ("w{i}{j}_{t}", "W{i}{j}_{t}", "w_{{{t}}}^{{{i}{j}}}", "W{i}{j}[0,{c}]", "W[{a},{b},{c}]")

SWAPPED = "W^{ij} leads from input channel i to output channel j; yours has the two swapped"
TURNED = "the kernel is turned around: slide it over the signal as it stands"
MIXED = "flatten one channel after the other: x11, x12, x13, x14, then x21, ..."
ROW_AND_COLUMN = "A has a row for each of the 4 outputs and a column for each of the 8 inputs"
RESHAPED = "reshaping a matrix does not exchange its rows and columns"
NESTED = "KERNELS_DX holds two lists, each of two kernels, each of three weights"
THREE = "the rows of y11 and y21 hold three different weights in each block: those of one kernel"
TWELVE = "every entry is 0 or one of the twelve weights w11_1 to w22_3: all positions share them"


def starts(width, k, stride=1, pad=0):
    """Return where the windows begin, in positions of the signal before padding."""
    return range(-pad, width + pad - k + 1, stride)


def convolve(W, X, begin):
    """Return Y[j, p], the sum over i and t of W[i, j, t] X[i, begin[p] + t]; X is 0 outside."""
    k, margin = W.shape[2], 30
    padded = np.pad(X, ((0, 0), (margin, margin)))
    windows = np.stack([padded[:, margin + s : margin + s + k] for s in begin], axis=1)
    return np.tensordot(W, windows, ((0, 2), (0, 2)))


def responses(W, width, begin):
    """Return the matrix of a convolution: its columns are the outputs for unit signals."""
    units = np.eye(len(W) * width, dtype=int).reshape(-1, len(W), width)
    return np.stack([convolve(W, unit, begin).ravel() for unit in units], axis=1)


def slopes(dY, X, k, begin):
    """Return dL/dW for L = sum of dY * Y: linear in W, so the slope is L at a unit kernel."""
    shape = (len(X), len(dY), k)
    units = np.eye(np.prod(shape), dtype=int).reshape(-1, *shape)
    return np.array([(dY * convolve(unit, X, begin)).sum() for unit in units]).reshape(shape)


def gradient(W, dY):
    """Return dL/dX in the small case, for the same L: its values at unit signals."""
    units = np.eye(8, dtype=int).reshape(8, 2, 4)
    return np.array([(dY * convolve(W, unit, SMALL)).sum() for unit in units]).reshape(2, 4)


def distinct(rng, *shape):
    """Return different whole numbers from 1 on: every entry can be told from the others."""
    return rng.permutation(np.prod(shape)).reshape(shape) + 1


def same(channel, *channels):
    """Return that many channels, all of them alike."""
    return np.tile(channel, (*channels, 1))


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


@question("q1", weight=8)
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


@question("q1", weight=7)
def test_first_windows(student):
    """y11 and y21 see the first three positions, under the weights 1, 2, 3 of each kernel"""
    W = each("w_{2}".format)
    want, turned = (responses(w, 4, SMALL)[::2] for w in (W, W[..., ::-1]))
    mistakes = {TURNED: turned, MIXED: want[:, [0, 4, 1, 5, 2, 6, 3, 7]]}
    A = read(student.A, "A", W, (4, 8), ROW_AND_COLUMN)
    expect(A[::2], "A, with w_t for every wij_t,").same_expression(
        want, {}, mistakes=mistakes, labels=(("y11", "y21"), INPUTS)
    )


@question("q2", weight=9)
def test_b_takes_the_gradient_back(student, rng):
    """B times dL/dY~ is dL/dX~, tried with whole numbers"""
    W, dY = distinct(rng, 2, 2, 3), distinct(rng, 2, 2)
    hint = "B takes the 4 numbers dL/dY~ to the 8 numbers dL/dX~: 8 rows and 4 columns"
    B = read(student.B, "B", W, (8, 4), hint)
    around = gradient(W, dY[::-1, ::-1])[::-1, ::-1]
    mistakes = {
        RESHAPED: (responses(W, 4, SMALL).reshape(8, 4) @ dY.ravel()).reshape(2, 4),
        "B keeps the order of X~ and of Y~: turn nothing around": around,
        SWAPPED: gradient(W.swapaxes(0, 1), dY),
    }
    got, name = (B @ dY.ravel()).reshape(2, 4), "B dL/dY~, a row for each input channel,"
    expect(got, name).same_expression(gradient(W, dY), {}, mistakes=mistakes)


@question("q3", weight=3)
def test_padding_gives_the_width_of_x(student):
    """with PADDING_DX zeros at each end, a kernel of size 3 takes width 2 to width 4"""
    pad = expect(student.PADDING_DX, "PADDING_DX").exact()
    mistakes = {
        "without zeros the result is narrower than dL/dY: it has to be wider": 0,
        "this keeps the width at 2, and X is 4 wide": 2,
        "this counts the zeros of both ends together: PADDING_DX is those of one end": 8,
    }
    expect(2 + 2 * pad - 3 + 1, "the width that results").equals(4, mistakes=mistakes)


@question("q3", weight=5)
def test_one_kernel_for_all_channels_takes_the_gradient_back(student, rng):
    """where all W^{ij} are one and the same kernel, KERNELS_DX takes dL/dY to dL/dX"""
    W, dY = same(distinct(rng, 3), 2, 2), distinct(rng, 2, 2)
    begin = starts(2, 3, pad=(4 - 2 + 3 - 1) // 2)  # the windows of a result of width 4
    hint = "follow x11: only weight 1 ever meets it, so on the way back weight 1 comes last"
    got = convolve(read_kernels(student, W), dY, begin)
    mistakes = {hint: convolve(W, dY, begin)}
    expect(got, "dL/dX").same_expression(gradient(W, dY), {}, mistakes=mistakes)


@question("q4", weight=8)
def test_matrix_of_the_small_case(student, rng):
    """stride 1, no padding: the matrix multiplies X.ravel() to Y.ravel()"""
    W = distinct(rng, 2, 2, 3)
    want = responses(W, 4, SMALL)
    mistakes = {
        TURNED: responses(W[..., ::-1], 4, SMALL),
        SWAPPED: responses(W.swapaxes(0, 1), 4, SMALL),
        MIXED: want[:, [0, 4, 1, 5, 2, 6, 3, 7]],
        "the rows are y11, y12, y21, y22: one output channel after the other": want[[0, 2, 1, 3]],
        "one row for each output, one column for each input: yours is the transpose": want.T,
        "the window moves one column from each row of a block to the next": want[[0, 0, 2, 2]],
    }
    expect(student.conv1d_matrix(W, 4), "conv1d_matrix(W, 4)").equals(want, mistakes=mistakes)


@question("q4", weight=5)
def test_matrix_with_stride(student, rng):
    """with a stride the window moves that many columns a row, as long as it fits whole"""
    for width, stride in ((7, 2), (8, 2), (8, 3)):
        W, begin = same(distinct(rng, 3), 2, 2), starts(width, 3, stride)
        more = [*begin, begin[-1] + stride]
        wrong = {
            "the stride is not used: row p begins at column p * stride": starts(width, 3),
            "as many rows as there should be, but row p begins at p * stride": range(len(begin)),
            "round width_out down: a window that does not fit whole is left out": more,
        }
        mistakes = {hint: responses(W, width, places) for hint, places in wrong.items()}
        hint = "the stride moves the window; it does not spread the weights"
        mistakes[hint] = responses(np.insert(W, [1, 2], 0, axis=2), width, starts(width, 5))
        got = student.conv1d_matrix(W, width, stride=stride)
        name, want = f"conv1d_matrix(W, {width}, stride={stride})", responses(W, width, begin)
        expect(got, name).equals(want, mistakes=mistakes)


@question("q5", weight=7)
def test_weight_gradient(student, rng):
    """stride 1, no padding: entry [i, j, t] is the slope of the loss along W[i, j, t]"""
    X, dY = distinct(rng, 2, 5), distinct(rng, 2, 3)
    want, turned = (slopes(d, X, 3, starts(5, 3)) for d in (dY, dY[:, ::-1]))
    first, last = (slopes(dY[:, [p]], X, 3, [p]) for p in (0, 2))
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


@question("q5", weight=4)
def test_weight_gradient_with_stride(student, rng):
    """with stride 2, weight t meets every second input from t on"""
    X, dY = same(distinct(rng, 8), 2), same(distinct(rng, 3), 2)
    mistakes = {
        "the stride is not used: output p has its window at p * stride": slopes(dY, X, 3, range(3)),
        "k is given: the inputs after the last window are not used": slopes(dY, X, 4, (0, 2, 4)),
    }
    got, want = student.conv1d_weight_gradient(dY, X, 3, stride=2), slopes(dY, X, 3, (0, 2, 4))
    expect(got, "conv1d_weight_gradient(dY, X, 3, stride=2)").close(want, mistakes=mistakes)
