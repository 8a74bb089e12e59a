"""The kernels go back as they came.

loses: q3
hint: weight 1 comes last
"""

KERNELS_DX = [
    [[w11_1, w11_2, w11_3], [w21_1, w21_2, w21_3]],
    [[w12_1, w12_2, w12_3], [w22_1, w22_2, w22_3]],
]
