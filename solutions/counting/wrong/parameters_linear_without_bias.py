"""The biases of linear layers are forgotten.

loses: q5
hint: biases of a linear layer are parameters
"""


def count_parameters(layers):
    total = 0
    for layer in layers:
        if layer["kind"] == "conv":
            total += layer["out"] * (layer["in"] // layer["groups"] * layer["kernel"] ** 2 + layer["bias"])
        elif layer["kind"] == "linear":
            total += layer["out"] * layer["in"]
        elif layer["kind"] == "bn":
            total += 2 * layer["channels"]
    return total
