"""Sizes by sliding a kernel of ones along a row of ones, padding and all; the field by its ends."""

import numpy as np


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    taps = np.zeros(dilation * (kernel - 1) + 1)
    taps[::dilation] = 1
    return len(np.convolve(np.pad(np.ones(n), padding), taps, "valid")[::stride])


def receptive_field(layers, convention="exact"):
    if convention == "doubling":
        field = 1
        for layer in layers:
            field += layer.get("dilation", 1) * (layer["kernel"] - 1) if "in" in layer else 0
            field += field if layer["kind"] == "pool" else 0
        return field
    first = last = 0
    for layer in layers[::-1]:
        if layer["kind"] != "bn":
            first, last = (end * layer["stride"] - layer["padding"] for end in (first, last))
            last += layer.get("dilation", 1) * (layer["kernel"] - 1)
    return last - first + 1
