"""The total is returned from inside the loop.

loses: q5
hint: only the first layer is counted
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
        return total
    return 0
