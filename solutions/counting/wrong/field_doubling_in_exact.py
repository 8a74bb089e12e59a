"""The doubling convention is used whichever was asked for.

loses: q7
hint: each pool doubles only in the other convention
"""


def receptive_field(layers, convention="exact"):
    field, jump = 1, 1
    for layer in layers:
        if layer["kind"] == "bn":
            continue
        if layer["kind"] == "pool":
            field *= 2
            continue
        field += layer.get("dilation", 1) * (layer["kernel"] - 1) * jump
        if convention == "exact":
            jump *= layer["stride"]
    return field
