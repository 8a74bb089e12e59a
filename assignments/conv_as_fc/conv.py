"""Convolution as a fully connected layer.

A convolution is a linear map, so there is a matrix for it. Here you write that matrix down
for a small case, see how gradients travel back through it, and then build it for any size.

The small case (questions 1 to 3): a signal X with 2 channels of width 4, kernels of size 3,
no padding, stride 1, 2 output channels. The kernel W^{ij} leads from input channel i to
output channel j:

    y_{j,p} = sum over i and t = 1, 2, 3 of  w^{ij}_t x_{i,p+t-1}        for p = 1, 2

The kernel slides over the signal as it stands, nothing is turned around. (Mathematicians
call this cross-correlation; deep-learning libraries call it convolution.)

Flattened, one channel after the other:

    X~ = (x11, x12, x13, x14, x21, x22, x23, x24)      Y~ = (y11, y12, y21, y22)
"""

import numpy as np
from sympy import Matrix, symbols

# w12_3 is the third weight of W^{12}, the kernel from input channel 1 to output channel 2.
w11_1, w11_2, w11_3 = symbols("w11_1 w11_2 w11_3")
w12_1, w12_2, w12_3 = symbols("w12_1 w12_2 w12_3")
w21_1, w21_2, w21_3 = symbols("w21_1 w21_2 w21_3")
w22_1, w22_2, w22_3 = symbols("w22_1 w22_2 w22_3")

# With A as a sympy Matrix, A * X_TILDE shows the four outputs as formulas.
X_TILDE = Matrix(symbols("x11:15 x21:25"))


# ------------------------------------------------------------------ 1. The matrix
# A is 4 x 8, with Y~ = A X~. Each entry is one of the twelve weights, or 0.
# A sympy Matrix or a nested list of rows; Matrix([[w11_1, 0], [0, w11_1]]) is how one is written.

A = None  # your answer


# ------------------------------------------------------------------ 2. The gradient goes back
# A loss L depends on X~ only through Y~. B is 8 x 4, with dL/dX~ = B dL/dY~ (both columns).

B = None  # your answer

# How are A and B related, for every choice of the weights? Answer "a", "b", "c", "d" or "e".
#   a  B = A
#   b  B is the inverse of A
#   c  B is the pseudo-inverse of A
#   d  B is the transpose of A
#   e  B is A with its rows and its columns in reverse order
RELATION = None  # your answer


# ------------------------------------------------------------------ 3. Is that a convolution?
# Multiplying by B takes dL/dY (2 channels, width 2) to dL/dX (2 channels, width 4).
# Is it again a convolution in the sense above, of dL/dY with zeros added at both ends?
# IS_CONVOLUTION: True or False.
# PADDING_DX: how many zeros are added at EACH end of every channel of dL/dY.
# KERNELS_DX[j][i]: the three weights, left to right, of the kernel that leads from channel
#   j+1 of dL/dY to channel i+1 of dL/dX. Two lists, each of two lists, each of three entries.
# (Leave PADDING_DX and KERNELS_DX as None if it is not a convolution.)

IS_CONVOLUTION = None  # your answer
PADDING_DX = None  # your answer
KERNELS_DX = None  # your answer


# ------------------------------------------------------------------ 4. The matrix of any size
# The example of the handout: conv1d_matrix(EXAMPLE_W, 3) @ EXAMPLE_X.ravel() is [51, 12].
EXAMPLE_W = np.array([[[10, 1]]])  # (inputs, outputs, k) = (1, 1, 2)
EXAMPLE_X = np.array([[5, 1, 2]])  # (inputs, width) = (1, 3)


def conv1d_matrix(W, width, stride=1, pad=0):
    """Return the matrix M of a one-dimensional convolution: Y.ravel() = M @ X.ravel().

    W       array (inputs, outputs, k): W[i, j] is the kernel from input i to output j
    width   number of positions in each input channel, before padding
    stride  steps between one window and the next
    pad     zeros added at each end of every input channel
    Returns an array (outputs * width_out, inputs * width), where
    width_out = floor((width + 2 pad - k) / stride) + 1.
    The window of output position p begins at padded position p * stride (counting from 0).
    """
    raise NotImplementedError("write conv1d_matrix")


# ------------------------------------------------------------------ 5. The gradient of the weights
def conv1d_weight_gradient(dY, X, k, stride=1, pad=0):
    """Return dL/dW, an array (inputs, outputs, k), for the convolution of question 4.

    dY      array (outputs, width_out): the gradient dL/dY that arrives from above
    X       array (inputs, width): the signal that went in, before padding
    k       size of the kernels; stride and pad as in conv1d_matrix
    """
    raise NotImplementedError("write conv1d_weight_gradient")
