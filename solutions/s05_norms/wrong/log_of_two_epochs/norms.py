"""The training was stopped after two epochs.

loses: q7
hint: train longer
"""
