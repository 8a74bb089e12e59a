"""IS_CONVOLUTION is answered with a word.

loses: q3
hint: True or False
"""

IS_CONVOLUTION = "yes"
