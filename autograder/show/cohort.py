"""A class as one HTML page for its instructor, as a summary in a terminal, and as a live line."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import fmean, median
from typing import Any
from urllib.parse import quote

from autograder.cohort import Cohort, Standing, Status
from autograder.show import statistics, words
from autograder.show.layout import cells, mark, pad, paint, plain, shorten, wrap
from autograder.show.page import open_page
from autograder.show.screen import NARROWEST, WIDEST, Screen
from autograder.show.statistics import line

SLOWEST, COMMON, NAMED = 10, 3, 5
# What asks for a person stands first, what asks for nobody last.
_STATES = {
    Status.FAULT: "error",
    Status.KEPT: "error",
    Status.UNGRADABLE: "failed",
    Status.TIMEOUT: "failed",
    Status.MEMORY: "failed",
    Status.MISSING: "waiting",
    Status.GRADED: "passed",
}
_MEANS = {
    Status.GRADED: "the score stands",
    Status.UNGRADABLE: "the work could not be opened or read",
    Status.TIMEOUT: "graded; a check ran out of time",
    Status.MEMORY: "graded; a check ran out of memory",
    Status.FAULT: "no score yet: our grader broke, or a person has to judge an answer",
    Status.KEPT: "the score of an earlier grading: our grader broke at the last one",
    Status.MISSING: "nothing was handed in",
}
_SAID = {"error": "our fault", words.PERSON: "for a person", "skipped": "not checked"}
# The histogram in its own units: a bar's place, and room for the numbers above and below.
_STEP, _TALL, _TOP = 38, 150, 24


def class_page(cohort: Cohort, *, reports: str = "reports") -> str:
    """Return the class as one HTML file that needs nothing else: no script, no font, no request.

    It is for instructors only: titles and hints of hidden checks stand in it. `reports` is the
    folder, from where the page lies, that holds one KEY.html for each student with a report.
    """
    formats: dict[str, Callable[..., str]] = {
        "line": line,
        "points": _points,
        "percent": _percent,
        "signed": lambda value: "-" if value is None else f"{value:.2f}",
    }
    style, digest, template = open_page("class.html", ("report.css", "class.css"), formats)
    text = template.render(style=style, digest=digest, words=words, **_shown(cohort, reports))
    return text.rstrip("\n") + "\n"


def _shown(cohort: Cohort, reports: str) -> dict[str, Any]:
    """Return what the template names."""
    timed = [s for s in cohort.standings if s.report is not None and s.report.seconds > 0]
    slowest = sorted(timed, key=lambda s: -(s.report.seconds if s.report else 0))[:SLOWEST]
    scores = statistics.scores(cohort)
    bins = statistics.histogram(scores, cohort.possible)
    return {
        "cohort": cohort,
        "counts": [(status, len(cohort.of(status))) for status in Status],
        "means": _MEANS,
        "states": _STATES,
        "said": _SAID,
        "scores": scores,
        "mean": fmean(scores) if scores else None,
        "median": median(scores) if scores else None,
        "bins": bins,
        "most": max(1, *(found.count for found in bins)),
        "step": _STEP,
        "tall": _TALL,
        "top": _TOP,
        "opened": len(statistics.opened(cohort)),
        "items": statistics.items(cohort),
        "rates": statistics.rates(cohort),
        "mistakes": statistics.mistakes(cohort),
        "slowest": slowest,
        "attention": [s for status in [*_STATES][:-1] for s in cohort.of(status)],
        "address": lambda student: f"{quote(reports)}/{quote(student.key, safe='')}.html",
    }


def _points(value: float | None) -> str:
    return "-" if value is None else words.points(value)


def _percent(share: float | None) -> str:
    """Return a share in whole percent; 0 and 100 are said of nothing and of everything alone."""
    if share is None:
        return "-"
    rounded = round(100 * share)
    if 0 < share < 1:
        rounded = max(1, min(rounded, 99))
    return f"{rounded} %"


def class_text(
    cohort: Cohort,
    *,
    width: int = 80,
    color: bool = False,
    unicode: bool = True,
    command: str = "",
) -> str:
    """Return the summary of a class, `width` cells wide (40 to 100): it ends in a line break.

    `command` is what the instructor typed: it is named where running it again does something.
    `unicode=False` keeps to cp1252, with marks in ASCII.
    """
    screen = Screen(max(NARROWEST, min(width, WIDEST)), color, unicode)
    parts = [
        _head(cohort, screen),
        [*_counts(cohort, screen), *_average(cohort, screen)],
        _common(cohort, screen),
        _next(cohort, screen, command),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _head(cohort: Cohort, screen: Screen) -> list[str]:
    dot = " · " if screen.unicode else " - "
    students = words.count(len(cohort.standings), "student")
    text = dot.join(filter(None, ["graded descent", line(cohort.assignment), students]))
    return [paint(row, "bold", screen) for row in wrap(plain(text, screen), screen.width, "  ")]


def _counts(cohort: Cohort, screen: Screen) -> list[str]:
    """One row a status that occurs; those that are open or unread are named with the reason."""
    found = [(status, cohort.of(status)) for status in Status]
    wide = max(len(status.value) for status in Status)
    digits = len(str(len(cohort.standings)))
    rows = []
    for status, standings in found:
        if standings or status is Status.GRADED:
            state = _STATES[status]
            row = f"{pad(status.value, wide)}  {len(standings):>{digits}}"
            rows.append(f"{paint(mark(state, screen), state, screen)} {row}")
        if status in (Status.FAULT, Status.KEPT, Status.UNGRADABLE):
            rows += [_named(standing, screen) for standing in standings[:NAMED]]
            left = len(standings) - NAMED
            rows += [f"    and {left} more, in the class report"] if left > 0 else []
    return rows


def _named(standing: Standing, screen: Screen) -> str:
    reason = line(standing.reason)
    text = plain(f"    {line(standing.student.key)}{': ' if reason else ''}{reason}", screen)
    return shorten(text, screen.width, screen)


def _average(cohort: Cohort, screen: Screen) -> list[str]:
    scores = statistics.scores(cohort)
    if not scores:
        return wrap("no scores yet: nothing that was handed in has one", screen.width, "  ")
    middle = f"mean {words.points(fmean(scores))}, median {words.points(median(scores))}"
    text = f"{middle} of {words.points(cohort.possible)} ({words.count(len(scores), 'score')})"
    return [paint(row, "bold", screen) for row in wrap(text, screen.width, "  ")]


def _common(cohort: Cohort, screen: Screen) -> list[str]:
    found, opened = statistics.mistakes(cohort)[:COMMON], len(statistics.opened(cohort))
    if not found:
        return []
    rows = [paint("most common mistakes", "bold", screen)]
    wide = max(cells(line(mistake.question)) for mistake in found)
    for mistake in found:
        often = f"{mistake.count} of {opened} ({_percent(mistake.share)})"
        text = f"  {pad(line(mistake.question), wide)}  {often}: {mistake.hint}"
        rows += wrap(plain(text, screen), screen.width, " " * (4 + wide))
    return rows


def _next(cohort: Cohort, screen: Screen, command: str) -> list[str]:
    faults = cohort.of(Status.FAULT) + cohort.of(Status.KEPT)
    unread = cohort.of(Status.UNGRADABLE)
    need = "1 needs a person" if len(faults) == 1 else f"{len(faults)} need a person"
    read = words.count(len(unread), "submission")
    if not cohort.standings:
        text, again = "no student is known: name the folder with their work, then", True
    elif faults:
        text, again = f"{need}: mend the grader or decide the answer; to grade again:", True
    elif unread:
        text, again = f"tell whoever sent {read} that cannot be graded why, and ask again", False
    elif len(cohort.of(Status.MISSING)) == len(cohort.standings):
        text, again = "nothing was handed in: is this the right folder?", False
    else:
        text, again = "nothing is left open: read the class report, then publish the scores", False
    rows = wrap(plain(f"next: {text}", screen), screen.width, "  ")
    typed = paint(plain(command, screen), "bold", screen)
    return [*rows, f"  {typed}"] if again and command else rows


def live(
    done: int, total: int, failed: int, seconds: float, *, width: int = 80, unicode: bool = True
) -> str:
    """Return how far a batch is as one line, one cell narrower than the screen.

    "312 of 1000 · 24.1 a second · 29 s left · 3 to look at". Where it is too long the rate
    is left out first, then what failed, then the time left.
    """
    rate = done / seconds if done > 0 and 0 < seconds < 1e9 else 0.0
    parts = {
        "done": f"{done} of {total}",
        "rate": _rate(rate) if rate else "",
        "left": f"{_span((total - done) / rate)} left" if rate and total > done else "",
        "failed": f"{failed} to look at" if failed else "",
    }
    dot = " · " if unicode else " - "
    for leave in ("", "rate", "failed", "left"):
        parts.pop(leave, None)
        text = dot.join(filter(None, parts.values()))
        if cells(text) < width:
            break
    return shorten(text, max(width - 1, 1), Screen(width, unicode=unicode))


def _rate(rate: float) -> str:
    if rate < 1:
        return f"{60 * rate:.1f} a minute"
    return f"{rate:.1f} a second" if rate < 99.95 else f"{rate:,.0f} a second"


def _span(seconds: float) -> str:
    """Return a time as "29 s", "12 min" or "2 h 05 min"."""
    whole = math.ceil(seconds)
    if whole < 100:
        return f"{whole} s"
    minutes = math.ceil(whole / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"
