"""Hidden checks: any numbers. They know the convolution by its definition: window by window.

`public` is the module of the public ones, for its hints, words and readers of matrices.
"""

from itertools import product

import numpy as np

from autograder.checks import expect, question

SMALL = range(2)  # where the windows of the small case begin
OUTPUTS = ["y11", "y12", "y21", "y22"]
SIZES = ((1, 3, 2, 5), (3, 1, 4, 6), (2, 1, 1, 3), (1, 2, 5, 5))  # inputs, outputs, k, width

LEFT_TOO = "pad zeros at the left end of every channel too"
RIGHT_TOO = "pad zeros at the right end of every channel too"
CHANNELS = "there may be more outputs than inputs, or fewer: count the two kinds of channels apart"
NO_ZEROS = "the padding is not used: the first window begins `pad` zeros before the signal"
UNSTRIDED_PAD = "window p begins at p * stride - pad: the stride does not stretch the padding"
AROUND_ALL = "put the zeros around each channel, not around the flattened signal as a whole"
FRACTIONS = "keep the fractions: an array of whole numbers cuts them off"


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


def distinct(rng, *shape):
    """Return different whole numbers from 1 on: every entry can be told from the others."""
    return rng.permutation(np.prod(shape)).reshape(shape) + 1


def same(channel, *channels):
    """Return that many channels, all of them alike."""
    return np.tile(channel, (*channels, 1))


def eighths(rng, *shape):
    """Return odd eighths: never whole, and exact in single precision too."""
    return (2 * rng.integers(-20, 20, shape) + 1) / 8


@question("q1", weight=15)
def test_each_block_holds_its_own_kernel(student, public):
    """every block of A holds the kernel from its input channel to its output channel"""
    W = public.each("W{}{}".format)
    want, swapped = (responses(w, 4, SMALL) for w in (W, W.swapaxes(0, 1)))
    mistakes = {public.SWAPPED: swapped, public.MIXED: want[:, [0, 4, 1, 5, 2, 6, 3, 7]]}
    A = public.read(student.A, "A", W, (4, 8), public.ROW_AND_COLUMN)
    expect(A, "A, with Wij for every weight of W^{ij},").same_expression(
        want, {}, mistakes=mistakes, labels=(OUTPUTS, public.INPUTS)
    )


@question("q2", weight=7)
def test_b_holds_for_every_choice_of_the_weights(student, public):
    """B is made of the letters: it holds for every choice of the weights"""
    W = public.each("w_{2}".format)
    B = public.read(student.B, "B", W, (8, 4), "B has 8 rows and 4 columns")
    numbers = not any(entry.free_symbols for entry in B.ravel())
    hint = "B holds the letters w11_1 to w22_3, not the numbers that they are in one example"
    expect(B, "B").that(not numbers, "B holds no weight at all", hint)
    expect(B, "B, with w_t for every wij_t,").same_expression(
        responses(W, 4, SMALL).T, {}, labels=(public.INPUTS, OUTPUTS)
    )


@question("q2", weight=4)
def test_relation_between_the_matrices(student):
    """RELATION names the relation that holds whatever the weights are"""
    asks = "a gradient only asks how much an input moves each output"
    mistakes = {
        "A has 4 rows and B has 8: they cannot be the same": "a",
        f"a 4 x 8 matrix has no inverse, and it would undo the layer; {asks}": "b",
        f"the pseudo-inverse would undo the layer as well as can be; {asks}": "c",
        "write out dL/dx11 and dL/dx12: which entries of A stand in them, and in what order?": "e",
    }
    letter = expect(student.RELATION, "RELATION").text().strip("().: \n").lower()
    one = "RELATION is one letter from a to e"
    expect(letter, "RELATION").that(letter in set("abcde"), one, one)
    expect(letter, "RELATION").choice("d", mistakes=mistakes)


@question("q3", weight=7)
def test_way_back_joins_the_right_channels(student, public):
    """KERNELS_DX leads back from each output channel to each input channel"""
    W = public.each("W{}{}".format)
    found = public.read_kernels(student, W).reshape(4, 3)
    back = "KERNELS_DX[j][i] goes back along W^{ij}: from output channel j to input channel i"
    labels = [f"KERNELS_DX[{j}][{i}]" for j, i in product(range(2), range(2))], "123"
    want, kept = W.swapaxes(0, 1).reshape(4, 3), W.reshape(4, 3)
    expect(found, "KERNELS_DX, with Wij for every weight of W^{ij},").same_expression(
        want, {}, mistakes={back: kept}, labels=labels
    )


@question("q3", weight=2)
def test_whether_the_way_back_is_a_convolution(student):
    """IS_CONVOLUTION says whether B is the matrix of a convolution"""
    hint = "look at the entries of B that are not 0: each input channel is one band again"
    got = student.IS_CONVOLUTION
    one = "IS_CONVOLUTION is True or False"
    expect(got, "IS_CONVOLUTION").that(isinstance(got, (bool, np.bool_)), one, one)
    expect(got, "IS_CONVOLUTION").equals(True, mistakes={hint: False})


@question("q4", weight=7)
def test_matrix_with_zeros_around(student, rng, public):
    """padding adds windows at both ends and no columns"""
    for width, pad in ((4, 1), (5, 2)):
        W, begin = same(distinct(rng, 3), 2, 2), starts(width, 3, pad=pad)
        wrong = {
            NO_ZEROS: range(width - 2),
            RIGHT_TOO: range(-pad, width - 2),
            LEFT_TOO: range(width + pad - 2),
            "there are width + 2 pad - k + 1 windows, and the first begins before the signal": (
                range(len(begin))
            ),
        }
        mistakes = {hint: responses(W, width, places) for hint, places in wrong.items()}
        columns = responses(W, width + 2 * pad, range(len(begin)))
        mistakes["the zeros are no inputs: leave their columns out"] = columns
        mistakes[AROUND_ALL] = sum(
            responses(W[[i]], 2 * width, [i * width + place for place in begin]) for i in range(2)
        )
        got = student.conv1d_matrix(W, width, pad=pad)
        want = responses(W, width, begin)
        expect(got, "conv1d_matrix with padding").equals(want, mistakes=mistakes)


@question("q4", weight=4)
def test_matrix_with_stride_and_zeros(student, rng, public):
    """with a stride and padding, row p begins at padded column p * stride"""
    for width, stride, pad in ((5, 2, 1), (5, 3, 2), (7, 2, 2)):
        W, begin = distinct(rng, 1, 1, 3), starts(width, 3, stride, pad)
        added = (width - 3) // stride + 1 + 2 * pad
        wrong = {
            UNSTRIDED_PAD: [(p - pad) * stride for p in range(len(begin))],
            "the stride divides all of width + 2 pad - k": [p * stride - pad for p in range(added)],
        }
        mistakes = {hint: responses(W, width, places) for hint, places in wrong.items()}
        got = student.conv1d_matrix(W, width, stride=stride, pad=pad)
        want = responses(W, width, begin)
        expect(got, "conv1d_matrix with stride and padding").equals(want, mistakes=mistakes)


@question("q4", weight=6)
def test_matrix_of_any_size(student, rng, public):
    """any number of channels, any kernel size, and weights that are not whole numbers"""
    for inputs, outputs, k, width in SIZES:
        W, begin = eighths(rng, inputs, outputs, k), starts(width, k)
        wrong = {
            CHANNELS: (W[:, :inputs], begin),
            "the kernel size is W.shape[2]: it is not always 3": (W, range(width - 2)),
            FRACTIONS: (np.trunc(W), begin),
        }
        mistakes = {hint: responses(w, width, at) for hint, (w, at) in wrong.items()}
        got = student.conv1d_matrix(W, width)
        want = responses(W, width, begin)
        expect(got, "conv1d_matrix").close(want, atol=1e-12, mistakes=mistakes)


@question("q5", weight=5)
def test_weight_gradient_with_zeros_around(student, rng, public):
    """with padding, the weights meet the zeros at both ends too"""
    for width, pad in ((5, 1), (4, 2)):
        begin = starts(width, 3, pad=pad)
        count = len(begin)
        X, dY = (same(distinct(rng, n), 2) for n in (width, count))
        flat, next_begin = X.reshape(1, 2 * width), [width + place for place in begin]
        wrong = {LEFT_TOO: range(count), RIGHT_TOO: range(-2 * pad, count - 2 * pad)}
        mistakes = {hint: slopes(dY, X, 3, places) for hint, places in wrong.items()}
        mistakes[AROUND_ALL] = np.concatenate(
            [slopes(dY, flat, 3, places) for places in (begin, next_begin)]
        )
        got = student.conv1d_weight_gradient(dY, X, 3, pad=pad)
        want = slopes(dY, X, 3, begin)
        expect(got, "conv1d_weight_gradient with padding").close(want, mistakes=mistakes)


@question("q5", weight=3)
def test_weight_gradient_with_stride_and_zeros(student, rng, public):
    """with stride 2 and padding, weight t meets every second padded input from t on"""
    for width, pad in ((5, 1), (7, 1), (7, 2)):  # the last window ends where the zeros end
        begin = starts(width, 3, 2, pad)
        X, dY = distinct(rng, 1, width), distinct(rng, 1, len(begin))
        stretched = slopes(dY, X, 3, [(p - pad) * 2 for p in range(len(begin))])
        got = student.conv1d_weight_gradient(dY, X, 3, stride=2, pad=pad)
        want, mistakes = slopes(dY, X, 3, begin), {UNSTRIDED_PAD: stretched}
        expect(got, "conv1d_weight_gradient with both").close(want, mistakes=mistakes)


@question("q5", weight=5)
def test_weight_gradient_of_any_size(student, rng, public):
    """any number of channels, any kernel size, and signals that are not whole numbers"""
    for inputs, outputs, k, width in SIZES:
        begin = starts(width, k)
        X, dY = eighths(rng, inputs, width), eighths(rng, outputs, len(begin))
        want = slopes(dY, X, k, begin)
        mistakes = {CHANNELS: want[:, :inputs], FRACTIONS: np.trunc(want)}
        got = student.conv1d_weight_gradient(dY, X, k)
        expect(got, "conv1d_weight_gradient").close(want, atol=1e-12, mistakes=mistakes)
