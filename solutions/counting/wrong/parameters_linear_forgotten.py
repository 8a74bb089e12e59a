"""Linear layers are left out.

loses: q5
hint: linear layers are left out
"""


def count_parameters(layers):
    total = 0
    for layer in layers:
        if layer["kind"] == "conv":
            total += layer["out"] * (layer["in"] // layer["groups"] * layer["kernel"] ** 2 + layer["bias"])
        elif layer["kind"] == "linear":
            pass
        elif layer["kind"] == "bn":
            total += 2 * layer["channels"]
    return total
