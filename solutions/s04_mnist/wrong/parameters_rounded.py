"""Rounded numbers of parameters.

loses: q5
hint: count again
"""

STEPS = [{**step, "parameters": round(step["parameters"], -2)} for step in STEPS]
