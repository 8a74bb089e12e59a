"""`results.json` for work that was not graded: the earlier score stands, and the reason is told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

STANDS = "Your earlier score stands."


def withheld(
    previous: float | None,
    says: str,
    extra: Mapping[str, Any],
    *,
    published: bool = False,
    most: float = math.inf,
) -> dict[str, Any]:
    """Return the content of `results.json` for work that was not graded.

    `says` is the reason, for the student; `extra` is for staff and for the next run. The score
    is `previous`, at `most` the points there are, 0 without one. Raises ValueError when it is
    not finite.
    """
    score = min(previous or 0.0, most)
    if not math.isfinite(score):
        raise ValueError(f"a score must be a finite number, not {score}")
    return {
        "score": score,
        "output": says if previous is None else f"{says}\n\n{STANDS}",
        "output_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [veil(published)],
        "extra_data": dict(extra),
    }


def veil(published: bool = False) -> dict[str, Any]:
    """Return an entry that students do not see.

    The platform shows them no total beside a hidden entry: a total would tell what the hidden
    checks of an earlier submission earned.
    """
    return {
        "number": "0",
        "name": "the score is an earlier one",
        "output": "This entry keeps the total from students, as hidden checks do.",
        "output_format": "text",
        "visibility": "after_published" if published else "hidden",
        "tags": ["withheld"],
    }
