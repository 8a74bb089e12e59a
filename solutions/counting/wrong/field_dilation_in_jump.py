"""Dilation is taken to widen the jump too.

loses: q7
hint: it does not change the jump
"""


def receptive_field(layers, convention="exact"):
    field, jump = 1, 1
    for layer in layers:
        if layer["kind"] == "bn":
            continue
        if convention == "doubling" and layer["kind"] == "pool":
            field *= 2
            continue
        field += layer.get("dilation", 1) * (layer["kernel"] - 1) * jump
        if convention == "exact":
            jump *= layer["stride"] * layer.get("dilation", 1)
    return field
