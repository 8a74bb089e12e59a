"""Each added bias of a convolution is counted.

loses: q6
hint: adding a bias multiplies nothing
"""


def count_macs(layers, height, width):
    total = 0
    for layer in layers:
        if layer["kind"] in ("conv", "pool"):
            reach = layer.get("dilation", 1) * (layer["kernel"] - 1) + 1
            height = (height + 2 * layer["padding"] - reach) // layer["stride"] + 1
            width = (width + 2 * layer["padding"] - reach) // layer["stride"] + 1
        if layer["kind"] == "conv":
            weights = layer["in"] // layer["groups"] * layer["kernel"] ** 2 + layer["bias"]
            total += layer["out"] * weights * height * width
        elif layer["kind"] == "linear":
            total += layer["out"] * layer["in"]
    return total
