"""The weights are those before the training.

loses: q8
hint: train longer
"""
