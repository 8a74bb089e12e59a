"""Training: a loader that counts what it hands out, and a run of a student's `train`.

`loader` and `student` live in the worker, beside the student's code; `run` is the judge's side.
What the worker counts is a claim: a verdict on accuracy comes from the weights alone.
"""
