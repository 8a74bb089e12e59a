"""The entries of each block are transposed, the blocks stay where they are.

loses: q2
hint: yours has the two swapped
"""

B = Matrix([[A[2 * (c // 4) + r % 2, 4 * (r // 2) + c % 4] for r in range(4)] for c in range(8)])
