"""The formulas multiplied out."""

GRADIENTS = {name: formula.expand() for name, formula in GRADIENTS.items()}
