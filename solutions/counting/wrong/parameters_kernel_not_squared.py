"""A 3 x 3 kernel is counted as 3 weights.

loses: q5
hint: kernel x kernel weights
"""


def count_parameters(layers):
    total = 0
    for layer in layers:
        if layer["kind"] == "conv":
            total += layer["out"] * (layer["in"] // layer["groups"] * layer["kernel"] + layer["bias"])
        elif layer["kind"] == "linear":
            total += layer["out"] * (layer["in"] + layer["bias"])
        elif layer["kind"] == "bn":
            total += 2 * layer["channels"]
    return total
