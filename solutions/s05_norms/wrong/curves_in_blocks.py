"""The history is cut into three blocks.

loses: q7
hint: slice with a step of 3
"""

def curves(history):
    n = len(history) // 3
    cut = {norm: history[n * k : n * k + n] for k, norm in enumerate(NORMS)}
    return {norm: [row["accuracy"] for row in rows] for norm, rows in cut.items()}
