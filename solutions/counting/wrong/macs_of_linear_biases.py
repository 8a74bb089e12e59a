"""Each added bias of a linear layer is counted.

loses: q6
hint: bias of a linear layer multiplies nothing
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
            total += layer["out"] * (layer["in"] + layer["bias"])
    return total
