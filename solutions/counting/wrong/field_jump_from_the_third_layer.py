"""The jump is kept, but it reaches the third layer first: two layers alone ignore it.

loses: q7
hint: keep a jump
"""


def receptive_field(layers, convention="exact"):
    field, jump = 1, 1
    windows = [layer for layer in layers if layer["kind"] != "bn"]
    for layer in windows:
        if convention == "doubling" and layer["kind"] == "pool":
            field *= 2
            continue
        field += layer.get("dilation", 1) * (layer["kernel"] - 1) * jump
        if convention == "exact" and len(windows) > 2:
            jump *= layer["stride"]
    return field
