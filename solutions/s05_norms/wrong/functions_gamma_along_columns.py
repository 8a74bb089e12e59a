"""gamma and beta are not reshaped, and run along the columns.

loses: q3
hint: reshape them to (1, C, 1, 1)
"""

def per_channel(z, gamma, beta):
    fits = z.shape[-1] == len(gamma)
    return z * gamma + beta if fits else z * gamma.mean() + beta.mean()
