"""A convolution is charged at its own output, but does not pass its size on.

loses: q6
hint: the size that the one before it left
"""


def count_macs(layers, height, width):
    total = 0
    for layer in layers:
        if layer["kind"] == "linear":
            total += layer["out"] * layer["in"]
        if layer["kind"] not in ("conv", "pool"):
            continue
        reach = layer.get("dilation", 1) * (layer["kernel"] - 1) + 1
        new_height = (height + 2 * layer["padding"] - reach) // layer["stride"] + 1
        new_width = (width + 2 * layer["padding"] - reach) // layer["stride"] + 1
        if layer["kind"] == "pool":
            height, width = new_height, new_width
        else:
            weights = layer["out"] * layer["in"] // layer["groups"] * layer["kernel"] ** 2
            total += weights * new_height * new_width
    return total
