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
# BEGIN SOLUTION
# One filter looks at a 3 x 3 window through ALL input channels: 3 * 3 * C_in weights. There
# is one filter for each output channel. Stride and padding move filters and add no weight.
BLOCK_PARAMETERS = 3 * 3 * 128 * 256 + 3 * 3 * 256 * 512
# END SOLUTION

# q2: how many multiply-adds does the block do on X?
# BEGIN SOLUTION
# Each weight works once at every position where its filter stops, so a layer costs its
# weights times its OUTPUT positions. The stride takes 64 to floor((64 + 2 - 3) / 2) + 1
# = floor(31.5) + 1 = 32; the second layer keeps 32.
BLOCK_MACS = 32 * 32 * (3 * 3 * 128 * 256) + 32 * 32 * (3 * 3 * 256 * 512)
# END SOLUTION


# ---------------------------------------------------------------- q3: memory of the features


def memory_change_percent(before, after):
    """Return by how many percent the number of features changes, a number.

    `before` and `after` are shapes (height, width, channels). The change is taken relative
    to `before`: growth is positive, shrinking negative.
    """
    # BEGIN SOLUTION
    (height, width, channels), (new_height, new_width, new_channels) = before, after
    old, new = height * width * channels, new_height * new_width * new_channels
    return 100 * (new - old) / old
    # END SOLUTION


# by how many percent does the block change the number of features, from X to its output?
# BEGIN SOLUTION
# Halving both sides leaves a quarter of the positions; four times the channels make up for it.
MEMORY_CHANGE_PERCENT = 100 * (32 * 32 * 512 - 64 * 64 * 128) / (64 * 64 * 128)
# END SOLUTION


# ---------------------------------------------------------------- q4: the size of an output


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    """Return how many outputs a layer gives along one side of `n` pixels, an int.

    `padding` zeros are added at each of the two ends. The taps of the kernel lie `dilation`
    pixels apart. A step that would leave the padded row is not taken.
    """
    # BEGIN SOLUTION
    # Kernel 3 on 5 pixels starts at 0, 1 and 2: 5 - 3 + 1 = 3 outputs. Dilation d spreads the
    # taps, so that the kernel reaches over d (k - 1) + 1 pixels. Stride s keeps every s-th
    # start, and the floor drops the step that does not fit:
    #     floor((n + 2 p - d (k - 1) - 1) / s) + 1
    # (Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016.)
    reach = dilation * (kernel - 1) + 1
    return (n + 2 * padding - reach) // stride + 1
    # END SOLUTION


# ---------------------------------------------------------------- q5: parameters of any network


def count_parameters(layers):
    """Return the number of learned parameters of a list of layers, an int.

    A batch norm learns a scale and a shift for each channel. Its running mean and variance
    are measured, not learned: they are buffers and do not count.
    """
    # BEGIN SOLUTION
    # With g groups the channels are dealt into g piles that never meet: a filter sees only
    # C_in / g channels. Each output channel has one bias of its own all the same.
    total = 0
    for layer in layers:
        if layer["kind"] == "conv":
            one_filter = layer["in"] // layer["groups"] * layer["kernel"] ** 2
            total += layer["out"] * (one_filter + layer["bias"])
        elif layer["kind"] == "linear":
            total += layer["out"] * (layer["in"] + layer["bias"])
        elif layer["kind"] == "bn":
            total += 2 * layer["channels"]
    return total
    # END SOLUTION


# ---------------------------------------------------------------- q6: multiply-adds of any network


def count_macs(layers, height, width):
    """Return the multiply-adds of one forward pass over a `height` x `width` input, an int.

    A multiplication with the addition that follows it is one multiply-add. Adding a bias
    multiplies nothing and counts 0, and so do pooling and batch norm (which can be folded
    into the convolution before it).
    """
    # BEGIN SOLUTION
    # Walk through the list with the size of the map in hand. A convolution first changes the
    # size, then pays its weights at each new position. A pooling changes the size and pays
    # nothing.
    total = 0
    for layer in layers:
        if layer["kind"] in ("conv", "pool"):
            reach = layer.get("dilation", 1) * (layer["kernel"] - 1) + 1
            height = (height + 2 * layer["padding"] - reach) // layer["stride"] + 1
            width = (width + 2 * layer["padding"] - reach) // layer["stride"] + 1
        if layer["kind"] == "conv":
            weights = layer["out"] * layer["in"] // layer["groups"] * layer["kernel"] ** 2
            total += weights * height * width
        elif layer["kind"] == "linear":
            total += layer["out"] * layer["in"]
    return total
    # END SOLUTION


# ---------------------------------------------------------------- q7: the receptive field


def receptive_field(layers, convention="exact"):
    """Return how many input pixels along one side one output spans, an int.

    The span runs from the first to the last input pixel that the output depends on, holes
    of dilated kernels included, borders left aside. The list holds conv, pool and bn.
    `convention` is "exact", or "doubling": a classroom shortcut that ignores strides; there
    each pool doubles the field and each conv adds what it adds before any stride.
    """
    # BEGIN SOLUTION
    # Two 3 x 3 convolutions see 5 pixels: the second reaches one neighbour further on each
    # side. After a stride of 2 the neighbours are 2 input pixels apart, and every later kernel
    # reaches twice as far. That distance is the jump j. A layer's own stride counts only for
    # the layers after it, so first the field grows, then the jump:
    #     r += d (k - 1) j,  then  j *= s,  from r = j = 1
    # (Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks",
    # Distill 2019.)
    field, jump = 1, 1
    for layer in layers:
        if layer["kind"] == "bn":
            continue
        if convention == "doubling" and layer["kind"] == "pool":
            field *= 2
            continue
        field += layer.get("dilation", 1) * (layer["kernel"] - 1) * jump
        if convention == "exact":
            jump *= layer["stride"]
    return field
    # END SOLUTION
