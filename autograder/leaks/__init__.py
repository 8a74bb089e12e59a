"""Secrets on their way out: what a student would get is searched for what only staff may have.

`secrets` gathers what is secret of an assignment, `pieces` takes apart what goes out (archives,
notebooks, encoded blocks), and `scan` holds each piece against the secrets. Code is compared by
its shape (`shapes`), so that other names, comments or spacing hide nothing. Answers are compared
by what they come to (`worked`), as matrices (`grids`), `formulas` and `choices`.
"""

from autograder.leaks.scan import leaks, release_leaks
from autograder.leaks.telling import secret_lines

__all__ = ["leaks", "release_leaks", "secret_lines"]
