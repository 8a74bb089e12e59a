"""A pooling is taken to have a stride but no window.

loses: q7
hint: a pooling has a window too
"""


def receptive_field(layers, convention="exact"):
    field, jump = 1, 1
    for layer in layers:
        if layer["kind"] == "bn":
            continue
        if convention == "doubling" and layer["kind"] == "pool":
            field *= 2
            continue
        if layer["kind"] == "conv":
            field += layer["dilation"] * (layer["kernel"] - 1) * jump
        if convention == "exact":
            jump *= layer["stride"]
    return field
