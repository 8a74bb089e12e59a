"""The rows have mean 0 and deviation 1, but equal entries of Z become different ones.

loses: q1
hint: the results are equal too
"""

Z_HAT = np.array([[-1, 1, -1, 1]] * 3)
