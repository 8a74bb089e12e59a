"""The number of input channels is taken for both.

loses: q5
hint: count the two kinds of channels apart
"""

def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    channels = len(X)
    width_out = dY.shape[1]
    padded = np.pad(X, ((0, 0), (pad, pad)))
    gradient = np.zeros((channels, channels, k))
    for i in range(channels):
        for j in range(min(channels, len(dY))):
            for t in range(k):
                met = padded[i, t : t + stride * width_out : stride]
                gradient[i, j, t] = (dY[j] * met).sum()
    return gradient
