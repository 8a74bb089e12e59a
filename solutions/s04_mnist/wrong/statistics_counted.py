"""Running statistics are counted as parameters.

loses: q5
hint: batch-norm statistics are no parameters
"""

def _everything(model):
    return sum(t.numel() for t in model.state_dict().values())


STEPS = [
    {**step, "parameters": _everything(make())}
    for step, make in zip(STEPS, (Step1, Step2, Net))
]
