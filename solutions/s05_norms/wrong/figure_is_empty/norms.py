"""The figure was saved before anything was drawn.

loses: q7
hint: save it as SVG
"""
