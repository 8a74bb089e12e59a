"""The shift of a batch norm is forgotten.

loses: q5
hint: also a shift
"""


def count_parameters(layers):
    total = 0
    for layer in layers:
        if layer["kind"] == "conv":
            total += layer["out"] * (layer["in"] // layer["groups"] * layer["kernel"] ** 2 + layer["bias"])
        elif layer["kind"] == "linear":
            total += layer["out"] * (layer["in"] + layer["bias"])
        elif layer["kind"] == "bn":
            total += layer["channels"]
    return total
