"""The curves show the best accuracy so far.

loses: q7
hint: not the best so far
"""

def curves(history):
    accuracies = [row["accuracy"] for row in history]
    best = {norm: np.maximum.accumulate(accuracies[k::3]) for k, norm in enumerate(NORMS)}
    return {norm: list(map(float, curve)) for norm, curve in best.items()}
