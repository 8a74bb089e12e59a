"""A CSV from a program: six decimals, columns of its own, other heads; the plot is a PNG."""
