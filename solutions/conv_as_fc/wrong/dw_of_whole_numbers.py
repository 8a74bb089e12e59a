"""The gradient is collected in an array of whole numbers.

loses: q5
hint: keep the fractions
"""

def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    width_out = dY.shape[1]
    padded = np.pad(X, ((0, 0), (pad, pad)))
    gradient = np.zeros((len(X), len(dY), k), dtype=int)
    for t in range(k):
        gradient[:, :, t] = padded[:, t : t + stride * width_out : stride] @ dY.T
    return gradient
