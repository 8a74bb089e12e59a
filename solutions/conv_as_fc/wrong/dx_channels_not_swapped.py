"""The kernels are flipped, but the channels stay as on the way forward.

loses: q3
hint: from output channel j to input channel i
"""

KERNELS_DX = [
    [[w11_3, w11_2, w11_1], [w12_3, w12_2, w12_1]],
    [[w21_3, w21_2, w21_1], [w22_3, w22_2, w22_1]],
]
