"""There is a bias for each input channel.

loses: q5
hint: not to an input channel
"""


def count_parameters(layers):
    total = 0
    for layer in layers:
        if layer["kind"] == "conv":
            total += layer["out"] * (layer["in"] // layer["groups"]) * layer["kernel"] ** 2
            total += layer["in"] * layer["bias"]
        elif layer["kind"] == "linear":
            total += layer["out"] * (layer["in"] + layer["bias"])
        elif layer["kind"] == "bn":
            total += 2 * layer["channels"]
    return total
