"""Padding is counted at one end only.

loses: q6
hint: it counts twice
"""


def count_macs(layers, height, width):
    total = 0
    for layer in layers:
        if layer["kind"] in ("conv", "pool"):
            reach = layer.get("dilation", 1) * (layer["kernel"] - 1) + 1
            height = (height + layer["padding"] - reach) // layer["stride"] + 1
            width = (width + layer["padding"] - reach) // layer["stride"] + 1
        if layer["kind"] == "conv":
            total += layer["out"] * layer["in"] // layer["groups"] * layer["kernel"] ** 2 * height * width
        elif layer["kind"] == "linear":
            total += layer["out"] * layer["in"]
    return total
