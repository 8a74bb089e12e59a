"""Padding is left out of the output's size.

loses: q6
hint: the padding is left out
"""


def count_macs(layers, height, width):
    total = 0
    for layer in layers:
        if layer["kind"] in ("conv", "pool"):
            reach = layer.get("dilation", 1) * (layer["kernel"] - 1) + 1
            height = (height + 0 - reach) // layer["stride"] + 1
            width = (width + 0 - reach) // layer["stride"] + 1
        if layer["kind"] == "conv":
            total += layer["out"] * layer["in"] // layer["groups"] * layer["kernel"] ** 2 * height * width
        elif layer["kind"] == "linear":
            total += layer["out"] * layer["in"]
    return total
