"""W^{ij} is read as the kernel from input j to output i.

loses: q1
hint: yours has the two swapped
"""

A = Matrix(
    [
        [w11_1, w11_2, w11_3, 0, w12_1, w12_2, w12_3, 0],
        [0, w11_1, w11_2, w11_3, 0, w12_1, w12_2, w12_3],
        [w21_1, w21_2, w21_3, 0, w22_1, w22_2, w22_3, 0],
        [0, w21_1, w21_2, w21_3, 0, w22_1, w22_2, w22_3],
    ]
)
