"""The weights of the network for trying things out were handed in.

loses: q6
hint: train again with this very file
"""
