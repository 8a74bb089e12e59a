"""A report as one HTML file that needs nothing else: no script, no font, no request."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from autograder.report import Report
from autograder.show import words
from autograder.show.page import open_page
from autograder.show.visible import visible

if TYPE_CHECKING:
    from jinja2 import Template

_SAID = {
    "passed": "passed",
    "failed": "failed",
    "waiting": "waiting",
    "skipped": "not checked here",
    "error": "our fault",
    words.PERSON: "a person decides",
}


def html(report: Report, *, command: str = "", partial: bool = False) -> str:
    """Return the report as a self-contained HTML document, hidden checks redacted.

    Every text of the student is escaped, and a content policy forbids scripts and requests.
    `command` is what the student typed, `partial` says that only some questions were asked
    for, both as in `terminal`.
    """
    seen = visible(report)
    style, digest, template = _page()
    advice, option = words.next_step(seen, partial=partial)
    typed = command or f"python grade.py {seen.assignment}"
    failed = words.in_state(seen, "failed")
    text = template.render(
        report=seen,
        words=words,
        said=_SAID,
        style=style,
        digest=digest,
        first=failed[0] if failed else None,
        faults=words.in_state(seen, "error"),
        advice=advice,
        command="" if option == "-" else f"{typed} {option}".strip(),
        share=_share(seen),
    )
    return text.rstrip("\n") + "\n"


@cache
def _page() -> tuple[str, str, Template]:
    """Return the opened page: a class has many reports."""
    return open_page("report.html", ("report.css",))


def _share(report: Report) -> int:
    """Return the part of the points that was earned, in whole percent, never rounded up."""
    return int(100 * report.earned / report.possible) if report.possible else 0
