"""E is that of the updated weights.

loses: q3
hint: note it first
"""
