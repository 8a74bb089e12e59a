"""float32 percentages and unsigned counts, as numpy arrays without axes."""

import numpy as np

BLOCK_PARAMETERS = np.array(1474560)
MEMORY_CHANGE_PERCENT = np.array(0.0, dtype=np.float32)


def memory_change_percent(before, after):
    old, new = np.float32(np.prod(before)), np.float32(np.prod(after))
    return np.float32(100.0) * (new / old - np.float32(1.0))


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    starts = np.arange(n + 2 * padding - dilation * (kernel - 1))
    return np.array(starts[::stride].size)


def count_parameters(layers):
    counts = [0]
    for layer in layers:
        if layer["kind"] == "conv":
            filters = np.zeros((layer["out"], layer["in"] // layer["groups"], layer["kernel"] ** 2))
            counts += [filters.size, layer["out"] * layer["bias"]]
        elif layer["kind"] == "linear":
            counts += [layer["out"] * (layer["in"] + layer["bias"])]
        elif layer["kind"] == "bn":
            counts += [2 * layer["channels"]]
    return np.array(counts, dtype=np.uint32).sum()
