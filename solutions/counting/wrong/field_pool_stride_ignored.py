"""A pooling is taken to have a window but no stride.

loses: q7
hint: the stride of a pooling spreads
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
        if convention == "exact" and layer["kind"] == "conv":
            jump *= layer["stride"]
    return field
