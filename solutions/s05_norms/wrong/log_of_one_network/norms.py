"""Only the vote of the three was evaluated.

loses: q7
hint: call data.evaluate for all three
"""
