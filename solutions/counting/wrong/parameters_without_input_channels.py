"""A filter is taken to be flat.

loses: q5
hint: reaches through all of its layer
"""


def count_parameters(layers):
    total = 0
    for layer in layers:
        if layer["kind"] == "conv":
            total += layer["out"] * (layer["kernel"] ** 2 + layer["bias"])
        elif layer["kind"] == "linear":
            total += layer["out"] * (layer["in"] + layer["bias"])
        elif layer["kind"] == "bn":
            total += 2 * layer["channels"]
    return total
