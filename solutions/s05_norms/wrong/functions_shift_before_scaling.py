"""beta is added before gamma multiplies.

loses: q3
hint: scale first, then shift
"""

def per_channel(z, gamma, beta):
    return (z + beta.reshape(1, -1, 1, 1)) * gamma.reshape(1, -1, 1, 1)
