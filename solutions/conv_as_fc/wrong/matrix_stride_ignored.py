"""The stride is not used at all.

loses: q4
hint: the stride is not used
"""

def conv1d_matrix(W, width, stride=1, pad=0):
    inputs, outputs, k = W.shape
    width_out = width + 2 * pad - k + 1
    matrix = np.zeros((outputs * width_out, inputs * width), dtype=float)
    for j in range(outputs):
        for p in range(width_out):
            for i in range(inputs):
                for t in range(k):
                    seen = p - pad + t
                    if 0 <= seen < width:
                        matrix[j * width_out + p, i * width + seen] = W[i, j, t]
    return matrix
