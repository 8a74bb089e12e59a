"""The largest slope is taken, which is where the loss explodes.

loses: q3
hint: a falling loss has a negative slope
"""

def suggest_rate(rates, losses):
    x, y = torch.tensor(rates).log(), torch.tensor(losses)
    slopes = (y[2:] - y[:-2]) / (x[2:] - x[:-2])
    return rates[1 + int(slopes.argmax())]
