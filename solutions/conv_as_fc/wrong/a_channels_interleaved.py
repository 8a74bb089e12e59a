"""X~ is taken as x11, x21, x12, x22, ...: position after position.

loses: q1
hint: flatten one channel after the other
"""

A = Matrix(
    [
        [w11_1, w21_1, w11_2, w21_2, w11_3, w21_3, 0, 0],
        [0, 0, w11_1, w21_1, w11_2, w21_2, w11_3, w21_3],
        [w12_1, w22_1, w12_2, w22_2, w12_3, w22_3, 0, 0],
        [0, 0, w12_1, w22_1, w12_2, w22_2, w12_3, w22_3],
    ]
)
