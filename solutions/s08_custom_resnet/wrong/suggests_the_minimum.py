"""The rate of the lowest loss is suggested.

loses: q3
hint: it has stopped falling
"""

def suggest_rate(rates, losses):
    return min(zip(losses, rates, strict=True))[1]
