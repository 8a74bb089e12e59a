"""The convolution of mathematics: the kernel is turned around before it slides.

loses: q1
hint: slide it over the signal as it stands
"""

A = Matrix(
    [
        [w11_3, w11_2, w11_1, 0, w21_3, w21_2, w21_1, 0],
        [0, w11_3, w11_2, w11_1, 0, w21_3, w21_2, w21_1],
        [w12_3, w12_2, w12_1, 0, w22_3, w22_2, w22_1, 0],
        [0, w12_3, w12_2, w12_1, 0, w22_3, w22_2, w22_1],
    ]
)
