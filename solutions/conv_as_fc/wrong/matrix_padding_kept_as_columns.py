"""The columns of the padding stay in the matrix.

loses: q4
hint: leave their columns out
"""

def conv1d_matrix(W, width, stride=1, pad=0):
    inputs, outputs, k = W.shape
    wide = width + 2 * pad
    width_out = (wide - k) // stride + 1
    matrix = np.zeros((outputs * width_out, inputs * wide))
    for j in range(outputs):
        for p in range(width_out):
            for i in range(inputs):
                begin = i * wide + p * stride
                matrix[j * width_out + p, begin : begin + k] = W[i, j]
    return matrix
