"""The body of a panel: what a failed check saw, and the one thing to do next."""

from __future__ import annotations

from autograder.report import CheckResult, Finding
from autograder.show.layout import Line, cells, pad, plain, shorten, wrap
from autograder.show.screen import Screen
from autograder.show.words import place

_MOST_LINES = 8
_MOST_FRAMES = 14
_GAP = 4
_LONGEST_NAME = 32


def evidence(about: str, check: CheckResult, screen: Screen, verbose: bool) -> list[Line]:
    """Return the lines of a failed check, wrapped to the panel, beginning with `about`.

    Long values are cut to a few lines, and the traceback is left out unless the code
    raised; `verbose` shows all, also what the code printed.
    """
    width = screen.width - 4
    lines = [Line(row, "bold") for row in wrap(plain(about, screen), width, "  ")]
    finding = check.finding
    if finding is None:
        return lines
    lines += _values(finding, screen, verbose)
    lines += _field("", finding.message, screen, verbose)
    if finding.hint and finding.hint != finding.message:
        hint = wrap(plain(f"  hint: {finding.hint}", screen), width, "  ")
        lines += [Line(row, "bold") for row in hint]
    if verbose or finding.kind in ("raised", "import"):
        lines += _listing("your code stopped here:", finding.traceback, screen, verbose)
    if verbose:
        lines += _listing("your code printed:", finding.output, screen, verbose)
    return lines


def fault(about: str, check: CheckResult, screen: Screen) -> list[Line]:
    """Return the lines of a check that we broke: our words, and none of our frames."""
    width = screen.width - 4
    lines = [Line(row, "bold") for row in wrap(plain(about, screen), width, "  ")]
    message = check.finding.message if check.finding else ""
    lines += _field("", message, screen, False)
    said = "  not your fault: the grader broke here, and this is not a zero (exit 4)"
    return [*lines, *(Line(row) for row in wrap(said, width, "  "))]


def _values(finding: Finding, screen: Screen, verbose: bool) -> list[Line]:
    """Inputs, place, expected and got: in two columns where they fit, else one below another."""
    path, name = place(finding.where)
    where = f"your code: {path} {shorten(name, _LONGEST_NAME, screen)}".rstrip() if path else ""
    want = f"expected {finding.want}" if finding.want else ""
    got = f"got {finding.got}" if finding.got else ""
    pairs = [[c for c in pair if c] for pair in ((finding.inputs, where), (want, got))]
    rows = [[plain(cell, screen) for cell in pair] for pair in pairs if pair]
    left = max((cells(row[0]) for row in rows if len(row) > 1), default=0) + _GAP
    widths = [(left if len(row) > 1 else 0) + cells(row[-1]) for row in rows]
    flat = not any("\n" in cell for row in rows for cell in row)
    if flat and all(2 + width <= screen.width - 4 for width in widths):
        return [Line("  " + (pad(r[0], left) if len(r) > 1 else "") + r[-1]) for r in rows]
    lines = _field("", finding.inputs, screen, verbose)
    if path:
        lines.append(Line(f"  {plain(where, screen)}"))
    lines += _field("expected ", finding.want, screen, verbose)
    return lines + _field("got      ", finding.got, screen, verbose)


def _field(label: str, text: str, screen: Screen, verbose: bool) -> list[Line]:
    """Return a labelled value, its further lines below its first one."""
    if not text.strip():
        return []
    lead = "  " + label
    rows = wrap(plain(text.strip("\n"), screen), screen.width - 4 - len(lead))
    if not verbose and len(rows) > _MOST_LINES:
        rows = [*rows[: _MOST_LINES - 1], f"... {len(rows) - _MOST_LINES + 1} more lines, see -v"]
    leads = [lead, *[" " * len(lead)] * (len(rows) - 1)]
    return [Line(f"{a}{row}".rstrip()) for a, row in zip(leads, rows, strict=True)]


def _listing(title: str, text: str, screen: Screen, verbose: bool) -> list[Line]:
    if not text.strip():
        return []
    rows = wrap(plain(text.strip("\n"), screen), screen.width - 8)
    if not verbose and len(rows) > _MOST_FRAMES:
        rows = ["...", *rows[-_MOST_FRAMES:]]
    return [Line(f"  {title}"), *(Line(f"    {row}".rstrip(), "dim") for row in rows)]
