"""Submissions that attack the grader, a table a family; `corpus.ATTACKS` holds them all."""
