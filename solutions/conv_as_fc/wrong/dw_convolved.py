"""np.convolve is taken for the convolution of deep learning: it turns dY around.

loses: q5
hint: np.convolve turns dY around
"""


def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    spread = np.zeros((len(dY), stride * (dY.shape[1] - 1) + 1))
    spread[:, ::stride] = dY
    padded = np.pad(X.astype(float), ((0, 0), (pad, pad)))
    return np.array([[np.convolve(x, d, "valid")[:k] for d in spread] for x in padded])
