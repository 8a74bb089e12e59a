"""Inputs and outputs are both divided by the groups.

loses: q5
hint: divide by groups only once
"""


def count_parameters(layers):
    total = 0
    for layer in layers:
        if layer["kind"] == "conv":
            per_group = layer["in"] // layer["groups"] * (layer["out"] // layer["groups"])
            total += per_group * layer["kernel"] ** 2 + layer["out"] * layer["bias"]
        elif layer["kind"] == "linear":
            total += layer["out"] * (layer["in"] + layer["bias"])
        elif layer["kind"] == "bn":
            total += 2 * layer["channels"]
    return total
