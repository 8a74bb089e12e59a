"""Group norm is taken to come before layer norm.

loses: q7
hint: the order is bn, ln, gn
"""

def curves(history):
    accuracies = [row["accuracy"] for row in history]
    return {"bn": accuracies[::3], "gn": accuracies[1::3], "ln": accuracies[2::3]}
