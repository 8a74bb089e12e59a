"""The flip is taken for a proof that it is no convolution.

loses: q3
hint: each input channel is one band again
"""

IS_CONVOLUTION = False
