"""A training as text for a terminal: the head, the live line, what came of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.report import CheckResult, Finding, Outcome, clean
from autograder.show.evidence import evidence
from autograder.show.layout import cells, pad, paint, panel, plain, shorten, wrap
from autograder.show.screen import Screen

DEVICES = {"cpu": "cpu", "cuda": "cuda (an NVIDIA GPU)"}


def head(told: Mapping[str, Any], screen: Screen) -> str:
    """Return the first lines: assignment, data set, device and budget.

    `told` holds assignment, dataset, device, threads, seed, epochs, and parameters and
    seconds, which are 0 where there is no limit.
    """
    device = DEVICES.get(told["device"], told["device"])
    if told["device"] == "cpu":
        device += f", {_count(told['threads'], 'thread')}"
    budget = [f"{_count(told['epochs'], 'epoch')}"]
    budget += [f"fewer than {told['parameters']:,} parameters"] if told["parameters"] else []
    budget += [f"{_span(told['seconds'])} at most"] if told["seconds"] else []
    parts = ["graded descent", f"train {told['assignment']}", told["dataset"], device]
    first, *rest = wrap(plain(_dotted(parts, screen), screen), screen.width, "  ")
    lines = [paint(first, "bold", screen), *rest]
    lines += wrap(f"budget: {', '.join(budget)}; seed {told['seed']}", screen.width, "  ")
    return "\n".join(lines) + "\n"


def start(parameters: float | None, limit: int, screen: Screen) -> str:
    """Return a warning when the model has too many parameters, nothing when it has not."""
    if not limit or parameters is None or parameters < limit:
        return ""
    says = f"note: your model has {int(parameters):,} parameters: fewer than {limit:,} were wanted"
    return "\n".join(wrap(says, screen.width, "  ")) + "\n"


def progress(row: Mapping[str, Any], epochs: int, screen: Screen) -> str:
    """Return one row of progress as one line, one cell narrower than the screen.

    `epochs` is the budget. What stands last is left out first where the line is too long.
    """
    parts = [f"epoch {_epoch(row.get('epoch'))}/{epochs}"]
    values = (
        ("loss", "loss {:.4f}"),
        ("accuracy", "{:.2f} %"),
        ("lr", "lr {:.3g}"),
    )
    parts += [form.format(row[name]) for name, form in values if row.get(name) is not None]
    epoch, seconds, samples = (row.get(key) for key in ("epoch", "seconds", "samples"))
    if epoch and seconds and samples:
        left = f"{_span(max(0.0, epochs / epoch - 1) * seconds)} left"
        parts[1:1] = [left]
        parts.append(f"{samples / seconds:,.0f} images/s")
    while len(parts) > 1 and cells(_dotted(parts, screen)) >= screen.width:
        parts.pop()
    return shorten(_dotted(parts, screen), screen.width - 1, screen)


def redrawn(line: str, screen: Screen) -> str:
    """Return a line that replaces the one where the cursor stands."""
    return "\r" + pad(line, screen.width - 1)


def ending(
    whole: Mapping[str, Any],
    written: Sequence[str],
    aside: Sequence[str],
    command: str,
    screen: Screen,
) -> str:
    """Return the last lines: accuracy, what was written, what was put aside, the next command.

    `whole` is what training.json holds, `written` and `aside` are paths.
    """
    lines: list[str] = []
    if written:
        lines += [paint(row, "bold", screen) for row in wrap(_result(whole), screen.width, "  ")]
    for title, paths in (("written", written), ("the earlier ones are kept as", aside)):
        if paths:
            text = f"{title}: {', '.join(paths)}"
            lines += wrap(plain(text, screen), screen.width, "  ", cut=False)
    lines += wrap(plain(f"next: {command}", screen), screen.width, "  ", cut=False)
    return "\n".join(lines) + "\n"


def _result(whole: Mapping[str, Any]) -> str:
    epochs = f"after {_count(round(whole['epochs'], 2), 'epoch')} in {_span(whole['seconds'])}"
    if whole["accuracy"] is None:
        says = f"no accuracy was measured {epochs}: call data.evaluate(model)"
    else:
        says = f"accuracy {whole['accuracy']:.2f} % on the held-out images {epochs}"
    best = whole["best"]
    if best and whole["accuracy"] is not None and best["accuracy"] > whole["accuracy"] + 0.005:
        says += f" (best: {best['accuracy']:.2f} % at epoch {best['epoch']:g})"
    return says


def stopped(finding: Finding | None, printed: str, kept: bool, screen: Screen) -> str:
    """Return why a training ended early, the last that it printed, and whether work is kept.

    Without a finding a person stopped it.
    """
    rows = []
    if finding is not None:
        check = CheckResult("train", "the training", Outcome.FAILED, finding=finding)
        lines = evidence("the training ended early", check, screen, False)
        rows += panel("fix this first", lines, "failed", screen)
        if printed.strip():
            rows.append("your code printed last:")
            texts = plain(clean(printed, 2000), screen).splitlines()
            rows += [
                paint("  " + shorten(t, screen.width - 2, screen), "dim", screen) for t in texts
            ]
    else:
        rows.append("stopped")
    rows.append("the best state so far is kept" if kept else "no weights were written")
    return "\n".join(rows) + "\n"


def _dotted(parts: Sequence[str], screen: Screen) -> str:
    return (" · " if screen.unicode else " - ").join(part for part in parts if part)


def _count(number: float, noun: str) -> str:
    return f"{number:g} {noun}" if number == 1 else f"{number:g} {noun}s"


def _epoch(value: float | None) -> str:
    return f"{value or 0.0:.1f}".removesuffix(".0")


def _span(seconds: float) -> str:
    """Return a time as "0.8 s", "42 s", "3:07 min" or "2:05 h", "?" where it is no time."""
    if not math.isfinite(seconds):
        return "?"
    if seconds < 59.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02d} h"
