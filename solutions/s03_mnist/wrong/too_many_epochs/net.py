"""The training took more epochs than there are.

loses: q3
hint: loop over range(budget.epochs)
"""
