"""A report as text for a terminal: one line a question, then the one thing to fix first."""

from __future__ import annotations

from autograder.report import CheckResult, QuestionResult, Report
from autograder.show import words
from autograder.show.evidence import evidence, fault
from autograder.show.layout import cells, mark, pad, paint, panel, plain, shorten, wrap
from autograder.show.screen import NARROWEST, WIDEST, Screen
from autograder.show.visible import visible

_NOTES = 3
_LEAST_TITLE = 24
_LONGEST_ID = 12


def terminal(
    report: Report,
    *,
    width: int = 80,
    color: bool = False,
    unicode: bool = True,
    verbose: bool = False,
    partial: bool = False,
    command: str = "",
) -> str:
    """Return the report as text that ends in a line break, `width` cells wide (40 to 100).

    `unicode=False` keeps to cp1252 with frames and marks in ASCII. `verbose` names every
    check and shows every failure with its traceback and output. `partial` says that only
    some questions were asked for. `command` is what the student typed, without options.
    Paths and commands stay in one piece, also where they are wider than `width`.
    """
    screen = Screen(max(NARROWEST, min(width, WIDEST)), color, unicode)
    seen = visible(report)
    command = command or f"python grade.py {seen.assignment}"
    lines = [
        *_head(seen, screen),
        *_notes(seen, screen, verbose),
        *_table(seen, screen, verbose),
        *_failures(seen, screen, verbose),
        *_faults(seen, screen, verbose),
        *_facts(seen, screen, verbose),
        *_score(seen, screen, partial),
        *_next(seen, screen, partial, command),
    ]
    return "\n".join(lines) + "\n"


def _head(report: Report, screen: Screen) -> list[str]:
    dot = " · " if screen.unicode else " - "
    parts = ["graded descent", report.assignment, report.facts.get("device", "")]
    first, *rest = wrap(plain(dot.join(p for p in parts if p), screen), screen.width, "  ")
    return [paint(first, "bold", screen), *rest]


def _notes(report: Report, screen: Screen, verbose: bool) -> list[str]:
    shown = report.notes if verbose else report.notes[:_NOTES]
    lines = [f"note: {text}" for text in shown]
    left = len(report.notes) - len(shown)
    if left:
        lines.append(f"note: {words.count(left, 'more note')} (-v shows all)")
    return [row for text in lines for row in wrap(plain(text, screen), screen.width, "  ")]


def _table(report: Report, screen: Screen, verbose: bool) -> list[str]:
    """One row a question; a note goes below its row where the console is too narrow for it."""
    questions = report.questions
    ids = [shorten(plain(q.id, screen), _LONGEST_ID, screen) for q in questions]
    titles = [plain(q.title, screen) for q in questions]
    notes = [plain(words.note(q, report), screen) for q in questions]
    numbers = _numbers(questions)
    left = 5 + _widest(ids)
    room = screen.width - left - 3 - _widest(numbers)
    beside = _beside(notes, room - 3 - min(_widest(titles), _LEAST_TITLE))
    width = min(_widest(titles), room - 3 - beside if beside else room)
    rows: list[str] = []
    for question, name, title, number, text in zip(
        questions, ids, titles, numbers, notes, strict=True
    ):
        now = words.stand(question)
        first, *more = wrap(title, max(width, 1))
        fits = cells(text) <= beside
        tail = "   " + paint(text, now, screen) if text and fits else ""
        row = f"  {pad(name, left - 5)}  {pad(first, width)}   {number}{tail}".rstrip()
        rows.append(paint(mark(now, screen), now, screen) + row)
        rows += [" " * left + part for part in more]
        below = [] if fits else wrap(text, screen.width - left)
        rows += [" " * left + paint(part, now, screen) for part in below]
        rows += _names(question, screen, left) if verbose else []
    return rows


def _widest(texts: list[str]) -> int:
    return max(map(cells, texts), default=0)


def _beside(notes: list[str], room: int) -> int:
    """Return the width of the widest note that fits into `room` cells; the others go below."""
    return max((n for n in map(cells, notes) if n <= room), default=0)


def _numbers(questions: tuple[QuestionResult, ...]) -> list[str]:
    """Return "15 / 15   0.02 s" of each question, aligned at the stroke."""
    earned = [words.points(q.earned) for q in questions]
    possible = [words.points(q.possible) for q in questions]
    times = [f"{q.seconds:.2f} s" if q.seconds else "" for q in questions]
    columns = _widest(earned), _widest(possible), _widest(times)
    return [
        f"{a:>{columns[0]}} / {b:<{columns[1]}}   {t:>{columns[2]}}"
        for a, b, t in zip(earned, possible, times, strict=True)
    ]


def _names(question: QuestionResult, screen: Screen, left: int) -> list[str]:
    """Name every check of a question, with what kept it from passing."""
    rows = []
    for check in question.checks:
        now = words.state(check)
        text = check.title + (" (hidden)" if check.hidden else "")
        if now == "skipped":
            text += f" (skipped: {words.reason(check)})"
        elif now != "passed":
            text += f" ({now})" if now != words.PERSON else " (a person will look at it)"
        first, *more = wrap(plain(text, screen), screen.width - left - 2)
        rows.append(f"{' ' * left}{paint(mark(now, screen), now, screen)} {first}")
        rows += [" " * (left + 2) + part for part in more]
    return rows


def _failures(report: Report, screen: Screen, verbose: bool) -> list[str]:
    found = words.in_state(report, "failed")
    rows: list[str] = []
    for index, (question, position, check) in enumerate(found if verbose else found[:1]):
        title = "then this" if index else "fix this first"
        body = evidence(_about(question, position, check), check, screen, verbose)
        rows += panel(title, body, "failed", screen)
    if len(found) > 1 and not verbose:
        left = words.count(len(found) - 1, "more failed check")
        rows.append(paint(f"{left}: -v shows {'it' if len(found) == 2 else 'them'}", "dim", screen))
    return rows


def _faults(report: Report, screen: Screen, verbose: bool) -> list[str]:
    found = words.in_state(report, "error")
    rows: list[str] = []
    for question, position, check in found if verbose else found[:1]:
        body = fault(_about(question, position, check), check, screen)
        rows += panel("this one is our fault", body, "error", screen)
    return rows


def _about(question: QuestionResult, position: int, check: CheckResult) -> str:
    kind = "hidden check" if check.hidden else "check"
    return f"{question.id}, {kind} {position} of {len(question.checks)}: {check.title}"


def _facts(report: Report, screen: Screen, verbose: bool) -> list[str]:
    if not verbose:
        return []
    facts = [f"{name}: {value}" for name, value in report.facts.items() if name != "device"]
    return [row for text in facts for row in wrap(plain(text, screen), screen.width, "  ")]


def _score(report: Report, screen: Screen, partial: bool) -> list[str]:
    names = " for " + ", ".join(q.id for q in report.questions) if partial else ""
    score = f"Score {words.points(report.earned)} / {words.points(report.possible)}{names}"
    first, *rest = wrap(plain(f"{score} ({words.scope(report)})", screen), screen.width, "  ")
    return [paint(first, "bold", screen), *rest]


def _next(report: Report, screen: Screen, partial: bool, command: str) -> list[str]:
    advice, option = words.next_step(report, partial=partial)
    advice = plain(f"next: {advice}", screen)
    if option == "-":
        return wrap(advice, screen.width, "  ")
    line = plain(" ".join(f"{command} {option}".split()), screen)
    if cells(advice) + 2 + cells(line) <= screen.width:
        return [f"{advice}  {paint(line, 'bold', screen)}"]
    return [*wrap(advice, screen.width, "  ", cut=False), f"  {paint(line, 'bold', screen)}"]
