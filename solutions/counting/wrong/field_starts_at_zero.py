"""The first pixel is not counted.

loses: q7
hint: start from 1
"""


def receptive_field(layers, convention="exact"):
    field, jump = 0, 1
    for layer in layers:
        if layer["kind"] == "bn":
            continue
        if convention == "doubling" and layer["kind"] == "pool":
            field *= 2
            continue
        field += layer.get("dilation", 1) * (layer["kernel"] - 1) * jump
        if convention == "exact":
            jump *= layer["stride"]
    return field
