"""Checks on the names of a notebook, for the test files that `release` writes for otter-grader.

Otter gives a test case the notebook's globals and takes any `Exception` for a failure, whose
text it shows. The student's code runs in this very process, as under pytest: nothing is kept
apart, timed or killed, so scores that count come from `grade`.

A notebook has no saved file to take a seed from: the numbers that a check draws depend on the
assignment, its grader and the check alone. They differ from those that `grade` draws, which a
right answer does not notice.
"""
