"""The jump grows before the layer's own kernel is added.

loses: q7
hint: a layer's own stride counts only for the layers after it
"""


def receptive_field(layers, convention="exact"):
    field, jump = 1, 1
    for layer in layers:
        if layer["kind"] == "bn":
            continue
        if convention == "doubling" and layer["kind"] == "pool":
            field *= 2
            continue
        if convention == "exact":
            jump *= layer["stride"]
        field += layer.get("dilation", 1) * (layer["kernel"] - 1) * jump
    return field
