"""The gradient comes as (outputs, inputs, k).

loses: q5
hint: the first axis is the input channel
"""

def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    width, width_out = X.shape[1], dY.shape[1]
    gradient = np.zeros((len(dY), len(X), k), dtype=float)
    for i in range(len(X)):
        for j in range(len(dY)):
            for t in range(k):
                for p in range(width_out):
                    seen = p * stride - pad + t
                    if 0 <= seen < width:
                        gradient[j, i, t] += dY[j, p] * X[i, seen]
    return gradient
