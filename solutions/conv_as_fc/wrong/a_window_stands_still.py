"""The second output of a channel sees the same three positions as the first.

loses: q1
hint: the window moves
"""

A = Matrix(
    [
        [w11_1, w11_2, w11_3, 0, w21_1, w21_2, w21_3, 0],
        [w11_1, w11_2, w11_3, 0, w21_1, w21_2, w21_3, 0],
        [w12_1, w12_2, w12_3, 0, w22_1, w22_2, w22_3, 0],
        [w12_1, w12_2, w12_3, 0, w22_1, w22_2, w22_3, 0],
    ]
)
