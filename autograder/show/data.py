"""A report as JSON, for programs: the form that `report.schema.json` describes."""

from __future__ import annotations

import json

from autograder.report import Report
from autograder.show.visible import visible


def to_json(report: Report) -> str:
    """Return the report as JSON in ASCII, hidden checks redacted, with a last line break.

    Raises ValueError when a number is nan or infinite: JSON has no word for it.
    """
    return json.dumps(visible(report).to_dict(), indent=2, allow_nan=False) + "\n"
