"""The plot is an SVG with nothing in it.

loses: q4
hint: save it as SVG
"""
