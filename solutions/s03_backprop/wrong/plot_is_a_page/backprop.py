"""The plot is a saved web page.

loses: q4
hint: save the plot as SVG
"""
