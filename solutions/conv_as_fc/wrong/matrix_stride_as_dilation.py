"""The stride spreads the weights of the kernel.

loses: q4
hint: it does not spread the weights
"""

def conv1d_matrix(W, width, stride=1, pad=0):
    inputs, outputs, k = W.shape
    reach = (k - 1) * stride + 1
    width_out = width + 2 * pad - reach + 1
    matrix = np.zeros((outputs * width_out, inputs * width))
    for j in range(outputs):
        for p in range(width_out):
            for i in range(inputs):
                for t in range(k):
                    seen = p - pad + t * stride
                    if 0 <= seen < width:
                        matrix[j * width_out + p, i * width + seen] = W[i, j, t]
    return matrix
