"""Every counter calls itself on the rest of the list; the field is built from the back."""


def count_parameters(layers):
    if not layers:
        return 0
    first, *rest = layers
    if first["kind"] == "bn":
        own = first["channels"] + first["channels"]
    elif first["kind"] == "pool":
        own = 0
    else:
        side, groups = first.get("kernel", 1), first.get("groups", 1)
        own = first["out"] * first["in"] * side * side // groups
        own += first["out"] if first["bias"] else 0
    return own + count_parameters(rest)


def count_macs(layers, height, width):
    if not layers:
        return 0
    first, *rest = layers
    if first["kind"] == "linear":
        return first["in"] * first["out"] + count_macs(rest, height, width)
    if first["kind"] == "bn":
        return count_macs(rest, height, width)
    moves = (first["kernel"], first["stride"], first["padding"], first.get("dilation", 1))
    height, width = out_size(height, *moves), out_size(width, *moves)
    own = 0
    if first["kind"] == "conv":
        own = count_parameters([{**first, "bias": False}]) * height * width
    return own + count_macs(rest, height, width)


def receptive_field(layers, convention="exact"):
    """From the last layer to the first: r -> (r - 1) stride + dilation (kernel - 1) + 1."""
    if convention == "doubling":
        *before, last = layers or [None]
        if last is None:
            return 1
        seen = receptive_field(before, "doubling")
        if last["kind"] == "pool":
            return 2 * seen
        return seen + last.get("dilation", 1) * (last.get("kernel", 1) - 1)
    if not layers:
        return 1
    first, *rest = layers
    later = receptive_field(rest)
    reach = first.get("dilation", 1) * (first.get("kernel", 1) - 1)
    return (later - 1) * first.get("stride", 1) + reach + 1
