"""The training took more epochs than there are.

loses: q2
hint: loop over range(budget.epochs)
"""
