"""Biases are divided by the groups, as if a group shared them.

loses: q5
hint: do not divide them by groups
"""


def count_parameters(layers):
    total = 0
    for layer in layers:
        if layer["kind"] == "conv":
            weights = layer["in"] * layer["out"] * layer["kernel"] ** 2
            if layer["bias"]:
                weights += layer["out"]
            total += weights // layer["groups"]
        elif layer["kind"] == "linear":
            total += layer["out"] * (layer["in"] + layer["bias"])
        elif layer["kind"] == "bn":
            total += 2 * layer["channels"]
    return total
