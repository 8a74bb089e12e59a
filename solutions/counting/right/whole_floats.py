"""Floats that are whole numbers, from true division all along."""

import math

BLOCK_PARAMETERS = 9.0 * 128 * 256 + 9.0 * 256 * 512
BLOCK_MACS = 1.50994944e9
MEMORY_CHANGE_PERCENT = -0.0


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    covered = dilation * (kernel - 1) + 1
    return float(math.floor((n + 2 * padding - covered) / stride)) + 1


def count_parameters(layers):
    total = 0.0
    for layer in layers:
        match layer["kind"]:
            case "conv":
                total += layer["in"] / layer["groups"] * layer["out"] * layer["kernel"] ** 2
                total += layer["out"] if layer["bias"] else 0.0
            case "linear":
                total += layer["in"] * layer["out"] + (layer["out"] if layer["bias"] else 0.0)
            case "bn":
                total += 2.0 * layer["channels"]
    return total


def count_macs(layers, height, width):
    total = 0.0
    for layer in layers:
        if layer["kind"] in ("conv", "pool"):
            moves = (layer["kernel"], layer["stride"], layer["padding"], layer.get("dilation", 1))
            height, width = out_size(height, *moves), out_size(width, *moves)
        if layer["kind"] == "conv":
            per_output = layer["in"] * layer["kernel"] ** 2 / layer["groups"]
            total += per_output * layer["out"] * height * width
        elif layer["kind"] == "linear":
            total += layer["in"] * layer["out"]
    return total
