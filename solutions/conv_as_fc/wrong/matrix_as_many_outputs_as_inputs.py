"""The number of input channels is taken for both.

loses: q4
hint: count the two kinds of channels apart
"""

def conv1d_matrix(W, width, stride=1, pad=0):
    inputs = outputs = W.shape[0]
    k = W.shape[2]
    width_out = (width + 2 * pad - k) // stride + 1
    matrix = np.zeros((outputs * width_out, inputs * width), dtype=float)
    for j in range(outputs):
        for p in range(width_out):
            for i in range(inputs):
                for t in range(k):
                    seen = p * stride - pad + t
                    if 0 <= seen < width:
                        matrix[j * width_out + p, i * width + seen] = W[i, j, t]
    return matrix
