"""Dilation is left out of the field.

loses: q7
hint: the dilation is left out
"""


def receptive_field(layers, convention="exact"):
    field, jump = 1, 1
    for layer in layers:
        if layer["kind"] == "bn":
            continue
        if convention == "doubling" and layer["kind"] == "pool":
            field *= 2
            continue
        field += (layer["kernel"] - 1) * jump
        if convention == "exact":
            jump *= layer["stride"]
    return field
