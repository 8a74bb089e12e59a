"""What a grader imports: `expect`, `question`, `skip`, `cannot_judge`."""

from autograder.checks.expect import expect
from autograder.checks.failure import CheckFailed, cannot_judge, skip
from autograder.checks.question import question

__all__ = ["CheckFailed", "cannot_judge", "expect", "question", "skip"]
