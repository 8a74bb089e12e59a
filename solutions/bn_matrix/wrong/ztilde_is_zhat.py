"""The normalised matrix is handed in again, without beta.

loses: q2
hint: gamma alone leaves the rows where they are
"""

Z_TILDE = Z_HAT
