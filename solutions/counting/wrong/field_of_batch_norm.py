"""Batch norm is treated like one more 3 x 3 layer.

loses: q7
hint: batch norm sees one pixel
"""


def receptive_field(layers, convention="exact"):
    field, jump = 1, 1
    for layer in layers:
        if layer["kind"] == "bn":
            field += 2 * jump
            continue
        if convention == "doubling" and layer["kind"] == "pool":
            field *= 2
            continue
        field += layer.get("dilation", 1) * (layer["kernel"] - 1) * jump
        if convention == "exact":
            jump *= layer["stride"]
    return field
