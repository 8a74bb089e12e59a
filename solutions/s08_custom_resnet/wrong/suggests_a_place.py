"""The place in the list is returned, not the rate.

loses: q3
hint: return a rate, not its place
"""

def suggest_rate(rates, losses):
    x, y = torch.tensor(rates).log(), torch.tensor(losses)
    return 1 + int(((y[2:] - y[:-2]) / (x[2:] - x[:-2])).argmin())
