"""B is worked out for the weights of one example.

loses: q2
hint: not the numbers that they are in one example
"""

B = Matrix(
    [
        [1, 0, 4, 0],
        [2, 1, 5, 4],
        [3, 2, 6, 5],
        [0, 3, 0, 6],
        [7, 0, 2, 0],
        [8, 7, 4, 2],
        [9, 8, 1, 4],
        [0, 9, 0, 1],
    ]
)
