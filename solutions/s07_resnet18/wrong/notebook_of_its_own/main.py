"""The notebook holds the network itself, copied from the package.

loses: q2
hint: from main import
"""
