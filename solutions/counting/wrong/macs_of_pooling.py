"""The comparisons of a pooling are counted.

loses: q6
hint: pool counts 0
"""


def count_macs(layers, height, width):
    total = 0
    for layer in layers:
        if layer["kind"] in ("conv", "pool"):
            reach = layer.get("dilation", 1) * (layer["kernel"] - 1) + 1
            height = (height + 2 * layer["padding"] - reach) // layer["stride"] + 1
            width = (width + 2 * layer["padding"] - reach) // layer["stride"] + 1
        if layer["kind"] == "conv":
            total += layer["out"] * layer["in"] // layer["groups"] * layer["kernel"] ** 2 * height * width
        elif layer["kind"] == "linear":
            total += layer["out"] * layer["in"]
        elif layer["kind"] == "pool":
            total += layer["kernel"] ** 2 * height * width
    return total
