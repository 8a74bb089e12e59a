"""Counting: what a convolutional network costs before it has run once.

Four numbers decide whether a network fits: how many parameters it stores, how many
multiply-adds it computes, how many features it holds, and how far each output can see.
All four follow from the list of layers alone. Nothing here needs a framework.

A layer is a dict, and a network a list of them, in the order in which data flow:

    {"kind": "conv", "in": 3, "out": 32, "kernel": 3, "stride": 1, "padding": 0,
     "dilation": 1, "groups": 1, "bias": False}
    {"kind": "pool", "kernel": 2, "stride": 2, "padding": 0}
    {"kind": "bn", "channels": 32}
    {"kind": "linear", "in": 400, "out": 120, "bias": True}

Every kind has all of its keys, always. Kernels are square: 3 means 3 x 3.
"""

# ---------------------------------------------------------------- given: layers to try out


def conv(inputs, outputs, kernel, stride=1, padding=0, dilation=1, groups=1, bias=False):
    """Return a convolution as a layer."""
    sizes = {"in": inputs, "out": outputs, "kernel": kernel, "stride": stride}
    rest = {"padding": padding, "dilation": dilation, "groups": groups, "bias": bias}
    return {"kind": "conv", **sizes, **rest}


def pool(kernel, stride, padding=0):
    """Return a max-pooling as a layer."""
    return {"kind": "pool", "kernel": kernel, "stride": stride, "padding": padding}


def bn(channels):
    """Return a batch normalisation as a layer."""
    return {"kind": "bn", "channels": channels}


def linear(inputs, outputs, bias=True):
    """Return a fully connected layer."""
    return {"kind": "linear", "in": inputs, "out": outputs, "bias": bias}


# ---------------------------------------------------------------- the block of q1, q2 and q3
# X in R^(64 x 64 x 128), then a 3 x 3 convolution from 128 to 256 channels with stride 2 and
# padding 1, then a 3 x 3 convolution from 256 to 512 channels with stride 1 and padding 1.
# No biases. Write each answer as a number, or as arithmetic that Python can do.

# q1: how many weights does the block learn?
BLOCK_PARAMETERS = None  # your answer

# q2: how many multiply-adds does the block do on X?
BLOCK_MACS = None  # your answer


# ---------------------------------------------------------------- q3: memory of the features


def memory_change_percent(before, after):
    """Return by how many percent the number of features changes, a number.

    `before` and `after` are shapes (height, width, channels). The change is taken relative
    to `before`: growth is positive, shrinking negative.
    """
    raise NotImplementedError("write memory_change_percent")


# by how many percent does the block change the number of features, from X to its output?
MEMORY_CHANGE_PERCENT = None  # your answer


# ---------------------------------------------------------------- q4: the size of an output


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    """Return how many outputs a layer gives along one side of `n` pixels, an int.

    `padding` zeros are added at each of the two ends. The taps of the kernel lie `dilation`
    pixels apart. A step that would leave the padded row is not taken.
    """
    raise NotImplementedError("write out_size")


# ---------------------------------------------------------------- q5: parameters of any network


def count_parameters(layers):
    """Return the number of learned parameters of a list of layers, an int.

    A batch norm learns a scale and a shift for each channel. Its running mean and variance
    are measured, not learned: they are buffers and do not count.
    """
    raise NotImplementedError("write count_parameters")


# ---------------------------------------------------------------- q6: multiply-adds of any network


def count_macs(layers, height, width):
    """Return the multiply-adds of one forward pass over a `height` x `width` input, an int.

    A multiplication with the addition that follows it is one multiply-add. Adding a bias
    multiplies nothing and counts 0, and so do pooling and batch norm (which can be folded
    into the convolution before it).
    """
    raise NotImplementedError("write count_macs")


# ---------------------------------------------------------------- q7: the receptive field


def receptive_field(layers, convention="exact"):
    """Return how many input pixels along one side one output spans, an int.

    The span runs from the first to the last input pixel that the output depends on, holes
    of dilated kernels included, borders left aside. The list holds conv, pool and bn.
    `convention` is "exact", or "doubling": a classroom shortcut that ignores strides; there
    each pool doubles the field and each conv adds what it adds before any stride.
    """
    raise NotImplementedError("write receptive_field")
