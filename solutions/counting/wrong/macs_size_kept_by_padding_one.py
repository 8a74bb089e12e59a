"""Padding 1 is taken to keep the size, whatever the stride.

loses: q6
hint: works at its output's positions
"""


def count_macs(layers, height, width):
    total = 0
    for layer in layers:
        if layer["kind"] in ("conv", "pool"):
            reach = layer.get("dilation", 1) * (layer["kernel"] - 1) + 1
            if layer["padding"] != 1:
                height = (height + 2 * layer["padding"] - reach) // layer["stride"] + 1
                width = (width + 2 * layer["padding"] - reach) // layer["stride"] + 1
        if layer["kind"] == "conv":
            weights = layer["out"] * layer["in"] // layer["groups"] * layer["kernel"] ** 2
            total += weights * height * width
        elif layer["kind"] == "linear":
            total += layer["out"] * layer["in"]
    return total
