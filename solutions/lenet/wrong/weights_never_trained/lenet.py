"""The weights are those of an untrained network.

loses: q6
hint: train longer
"""
