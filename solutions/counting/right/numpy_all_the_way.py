"""numpy integers and arrays: a table of layers, products and sums along its axes."""

import numpy as np

BLOCK = np.array([[3, 3, 128, 256], [3, 3, 256, 512]])
SIDES = np.array([32, 32])
BLOCK_PARAMETERS = BLOCK.prod(axis=1).sum()
BLOCK_MACS = (BLOCK.prod(axis=1) * SIDES**2).sum()
MEMORY_CHANGE_PERCENT = np.float64(0.0)


def memory_change_percent(before, after):
    return 100 * (np.prod(after) / np.prod(before) - 1)


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    return np.floor((n + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1)


def count_parameters(layers):
    counts = [np.int64(0)]
    for layer in layers:
        if layer["kind"] == "conv":
            k, g = layer["kernel"], layer["groups"]
            counts.append(np.prod([layer["out"], layer["in"] // g, k, k]))
            counts.append(np.int64(layer["out"] * layer["bias"]))
        if layer["kind"] == "linear":
            counts.append(np.zeros((layer["out"], layer["in"] + layer["bias"])).size)
        if layer["kind"] == "bn":
            counts.append(np.ones((2, layer["channels"])).size)
    return np.sum(counts)


def count_macs(layers, height, width):
    size, total = np.array([height, width]), np.int64(0)
    for layer in layers:
        if layer["kind"] in ("conv", "pool"):
            reach = layer.get("dilation", 1) * (layer["kernel"] - 1)
            size = (size + 2 * layer["padding"] - reach - 1) // layer["stride"] + 1
        if layer["kind"] == "conv":
            k = layer["kernel"]
            total += layer["out"] * (layer["in"] // layer["groups"]) * k * k * size.prod()
        if layer["kind"] == "linear":
            total += layer["in"] * layer["out"]
    return total
