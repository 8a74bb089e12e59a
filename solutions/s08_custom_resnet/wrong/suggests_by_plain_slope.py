"""The slope is taken over the rate itself, not over its logarithm.

loses: q3
hint: over the logarithm of the rate
"""

def suggest_rate(rates, losses):
    x, y = torch.tensor(rates), torch.tensor(losses)
    return rates[int(((y[1:] - y[:-1]) / (x[1:] - x[:-1])).argmin())]
