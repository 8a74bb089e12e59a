"""Only poolings are taken to have a stride.

loses: q7
hint: a stride widens the steps of all later layers
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
        if convention == "exact" and layer["kind"] == "pool":
            jump *= layer["stride"]
    return field
