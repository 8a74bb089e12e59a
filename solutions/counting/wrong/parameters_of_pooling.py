"""A pooling window is taken to have weights.

loses: q5
hint: a pooling has no weights
"""


def count_parameters(layers):
    total = 0
    for layer in layers:
        if layer["kind"] == "conv":
            total += layer["out"] * (layer["in"] // layer["groups"] * layer["kernel"] ** 2 + layer["bias"])
        elif layer["kind"] == "linear":
            total += layer["out"] * (layer["in"] + layer["bias"])
        elif layer["kind"] == "bn":
            total += 2 * layer["channels"]
        elif layer["kind"] == "pool":
            total += layer["kernel"] ** 2
    return total
