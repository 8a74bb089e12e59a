"""The zeros are put around the flattened signal: between two channels there are none.

loses: q4
hint: around each channel
"""

def conv1d_matrix(W, width, stride=1, pad=0):
    inputs, outputs, k = W.shape
    width_out = (width + 2 * pad - k) // stride + 1
    matrix = np.zeros((outputs * width_out, pad + inputs * width + pad), dtype=float)
    for j in range(outputs):
        for p in range(width_out):
            for i in range(inputs):
                start = i * width + p * stride
                matrix[j * width_out + p, start : start + k] += W[i, j]
    return matrix[:, pad : pad + inputs * width]
