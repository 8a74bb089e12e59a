"""The gradient is built as (outputs, inputs, k) and brought to (inputs, outputs, k) by reshape.

loses: q5
hint: the first axis is the input channel
"""

def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    width_out = dY.shape[1]
    padded = np.pad(X, ((0, 0), (pad, pad)))
    last = stride * width_out
    met = np.stack([padded[:, t : t + last : stride] for t in range(k)])
    return np.einsum("jp,tip->jit", dY, met).reshape(len(X), len(dY), k)
