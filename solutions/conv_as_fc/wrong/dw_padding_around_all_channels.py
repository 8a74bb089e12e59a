"""The zeros are put around the flattened signal: between two channels there are none.

loses: q5
hint: around each channel
"""

def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    width, width_out = X.shape[1], dY.shape[1]
    padded = np.pad(X.ravel(), pad)
    gradient = np.zeros((len(X), len(dY), k), dtype=float)
    for i in range(len(X)):
        for j in range(len(dY)):
            for t in range(k):
                for p in range(width_out):
                    gradient[i, j, t] += dY[j, p] * padded[i * width + p * stride + t]
    return gradient
