"""Graded Descent: grade deep-learning assignments, with student code behind a wall."""

__version__ = "0.1.0"
