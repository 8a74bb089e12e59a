"""The slope of sigma at the hidden units is missing.

loses: q2
hint: at the hidden unit is missing
"""

GRADIENTS = GRADIENTS | {
    "w1": GRADIENTS["w1"] / (a_h1 * (1 - a_h1)),
    "w2": GRADIENTS["w2"] / (a_h1 * (1 - a_h1)),
    "w3": GRADIENTS["w3"] / (a_h2 * (1 - a_h2)),
    "w4": GRADIENTS["w4"] / (a_h2 * (1 - a_h2)),
}
