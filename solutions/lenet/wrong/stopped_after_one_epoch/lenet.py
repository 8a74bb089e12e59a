"""Trained for one epoch: above the first tier, below the second.

loses: q6
hint: train longer
"""
