"""The plot is a saved web page.

loses: q4
hint: save it as SVG
"""
