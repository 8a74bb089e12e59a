"""Every kernel adds kernel - 1, whatever the strides before it.

loses: q7
hint: keep a jump
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
    return field
