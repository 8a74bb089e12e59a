"""No formulas: walk over the row, build every index of every weight, trace every pixel."""


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    row = list(range(n + 2 * padding))
    count, start = 0, 0
    while start + dilation * (kernel - 1) < len(row):
        count, start = count + 1, start + stride
    return count


def count_parameters(layers):
    total = 0
    for layer in layers:
        if layer["kind"] == "conv":
            for _ in range(layer["out"]):
                for _ in range(layer["in"] // layer["groups"]):
                    total += sum(1 for _ in range(layer["kernel"]) for _ in range(layer["kernel"]))
                total += 1 if layer["bias"] else 0
        elif layer["kind"] == "linear":
            for _ in range(layer["out"]):
                total += len(range(layer["in"])) + (1 if layer["bias"] else 0)
        elif layer["kind"] == "bn":
            for _ in range(layer["channels"]):
                total += len(("scale", "shift"))
    return total


def receptive_field(layers, convention="exact"):
    if convention == "doubling":
        field = 1
        for layer in layers:
            if layer["kind"] == "conv":
                field += layer["dilation"] * (layer["kernel"] - 1)
            elif layer["kind"] == "pool":
                field += field
        return field
    first = last = 0
    for layer in reversed(layers):
        if layer["kind"] != "bn":
            first, last = first * layer["stride"], last * layer["stride"]
            last += (layer["kernel"] - 1) * layer.get("dilation", 1)
    return len(range(first, last + 1))
