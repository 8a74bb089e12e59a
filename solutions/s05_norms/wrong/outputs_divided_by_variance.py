"""X is divided by the variance, without the root.

loses: q2
hint: by the root of the variance
"""

OUTPUTS = {
    "bn": OUTPUTS["bn"] / np.sqrt(np.reshape(VARIANCES["bn"], (1, 4, 1, 1))),
    "ln": OUTPUTS["ln"] / np.sqrt(np.reshape(VARIANCES["ln"], (2, 1, 1, 1))),
    "gn": OUTPUTS["gn"] / np.sqrt(np.repeat(VARIANCES["gn"], 2, 1).reshape(2, 4, 1, 1)),
    "in": OUTPUTS["in"] / np.sqrt(np.reshape(VARIANCES["in"], (2, 4, 1, 1))),
}
