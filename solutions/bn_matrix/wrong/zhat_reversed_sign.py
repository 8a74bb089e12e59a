"""The deviation is taken as mean minus z.

loses: q1
hint: z minus the mean, not the mean minus z
"""

Z_HAT = (Z.mean(axis=1, keepdims=True) - Z) / Z.std(axis=1, keepdims=True)
