"""The windows of dY are taken to lie side by side.

loses: q5
hint: the stride is not used
"""

def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    width, width_out = X.shape[1], dY.shape[1]
    gradient = np.zeros((len(X), len(dY), k), dtype=float)
    for i in range(len(X)):
        for j in range(len(dY)):
            for t in range(k):
                for p in range(width_out):
                    seen = p - pad + t
                    if 0 <= seen < width:
                        gradient[i, j, t] += dY[j, p] * X[i, seen]
    return gradient
