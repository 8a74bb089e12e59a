"""The analyses say nothing.

loses: q5
hint: write it as a sentence
"""

STEPS = [{**step, "analysis": "good"} for step in STEPS]
