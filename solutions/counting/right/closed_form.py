"""Sums of products, one expression each: r = 1 + sum of d (k - 1) times all earlier strides."""

from math import prod


def memory_change_percent(before, after):
    return prod(after) / prod(before) * 100 - 100


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - dilation * (kernel - 1) + stride - 1) // stride


def count_parameters(layers):
    learned = {
        "conv": lambda x: x["out"] * (x["in"] * x["kernel"] ** 2 // x["groups"] + int(x["bias"])),
        "linear": lambda x: x["out"] * (x["in"] + int(x["bias"])),
        "bn": lambda x: 2 * x["channels"],
        "pool": lambda x: 0,
    }
    return sum(learned[x["kind"]](x) for x in layers)


def receptive_field(layers, convention="exact"):
    windows = [x for x in layers if x["kind"] != "bn"]
    gaps = [x.get("dilation", 1) * (x["kernel"] - 1) for x in windows]
    if convention == "exact":
        strides = [x["stride"] for x in windows]
        return 1 + sum(gap * prod(strides[:i]) for i, gap in enumerate(gaps))
    pools = [x["kind"] == "pool" for x in windows]
    own = sum(gap * 2 ** sum(pools[i:]) for i, gap in enumerate(gaps) if not pools[i])
    return 2 ** sum(pools) + own
