"""A proof as text: what each trial earned, the kill matrix, and the promises that broke."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from autograder.proof import CheckName, Proof, Trial
from autograder.report import Outcome, clean
from autograder.show.layout import cells, mark, pad, paint, plain, shorten, wrap
from autograder.show.screen import NARROWEST, Screen
from autograder.show.words import count, points

_LONGEST_NAME = 26
_LEAST_LABEL = 24
_GROUP = 5
# How a check ends on a wrong answer: alone, with others, waiting, passing.
_SIGNS = {"alone": ("X", "X"), "with": ("+", "+"), "waits": ("w", "w"), "passes": ("·", ".")}


def proof_text(
    proof: Proof,
    width: int = 80,
    unicode: bool = True,
    color: bool = False,
    command: str = "python grade.py",
) -> str:
    """Return the proof as text that ends in a line break, `width` cells wide.

    The last line is the verdict and the next command. `unicode=False` keeps to cp1252.
    """
    screen = Screen(max(width, NARROWEST), color, unicode)
    parts = [
        _head(proof, screen),
        [*_masters(proof, screen), *_wrongs(proof, screen), *_others(proof, screen)],
        _matrix(proof, screen),
        _unneeded(proof, screen),
        _untried(proof, screen),
        _broken(proof, screen),
        _verdict(proof, screen, command),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _head(proof: Proof, screen: Screen) -> list[str]:
    told = [
        count(len(proof.checks), "check"),
        f"{len(proof.of('wrong'))} wrong",
        f"{len(proof.of('right'))} right",
        f"{len(proof.of('junk'))} junk",
    ]
    return _title(f"proof of {proof.assignment}: {', '.join(told)}", screen)


def _title(text: str, screen: Screen) -> list[str]:
    return [paint(row, "bold", screen) for row in wrap(text, screen.width, "  ")]


def _row(good: bool, text: str, screen: Screen) -> str:
    state = "passed" if good else "failed"
    cut = shorten(plain(clean(text), screen), screen.width - 2, screen)
    return f"{paint(mark(state, screen), state, screen)} {cut.rstrip()}"


def _good(proof: Proof, trial: Trial) -> bool:
    return all(broken.where != trial.label for broken in proof.broken)


def _earned(trial: Trial) -> str:
    return f"{points(trial.report.earned)} / {points(trial.report.possible)}"


def _masters(proof: Proof, screen: Screen) -> list[str]:
    found = (*proof.of("reference"), *proof.of("skeleton"))
    return [_row(_good(proof, t), f"{t.kind:<10} {_earned(t)}", screen) for t in found]


def _wrongs(proof: Proof, screen: Screen) -> list[str]:
    found = proof.of("wrong")
    if not found:
        return []
    longest = min(_LONGEST_NAME, max(len(t.name) for t in found))
    losses = {t.label: "loses " + (", ".join(q.id for q in t.lost) or "nothing") for t in found}
    room = max(len(text) for text in losses.values())
    rows = _title("wrong: each loses its question alone and gets its hint", screen)
    for number, trial in enumerate(found, 1):
        name = shorten(plain(trial.name, screen), longest, screen)
        text = f"{number:>2} {pad(name, longest)}  {losses[trial.label]:<{room}}  {_hint(trial)}"
        rows.append(_row(_good(proof, trial), text, screen))
    return rows


def _hint(trial: Trial) -> str:
    """Return the hint that a student reads first, of the questions that are to be lost."""
    lost = (q for q in trial.report.questions if q.id in trial.loses)
    findings = [c.finding for q in lost for c in q.checks if c.finding is not None]
    hints = [f.hint for f in findings if f.hint]
    wanted = trial.hint.lower()
    return next((h for h in hints if wanted in h.lower()), hints[0] if hints else "no hint")


def _others(proof: Proof, screen: Screen) -> list[str]:
    rows: list[str] = []
    if found := proof.of("right"):
        rows += _title("right: each earns everything", screen)
        longest = min(_LONGEST_NAME, max(len(t.name) for t in found))
        for trial in found:
            name = pad(shorten(plain(trial.name, screen), longest, screen), longest)
            rows.append(_row(_good(proof, trial), f"   {name}  {_earned(trial)}", screen))
    if junk := proof.of("junk"):
        rows += _title("junk: earns no question and breaks no check", screen)
        best = max(junk, key=lambda trial: trial.report.earned)
        text = f"   {count(len(junk), 'kind')}, at most {_earned(best)}"
        text += f" ({best.name})" if best.report.earned else ""
        rows.append(_row(all(_fails(trial) for trial in junk), text, screen))
    return rows


def _fails(trial: Trial) -> bool:
    broke = any(check.outcome is Outcome.ERROR for check in trial.report.checks)
    return not broke and all(q.outcome is not Outcome.PASSED for q in trial.report.questions)


def _matrix(proof: Proof, screen: Screen) -> list[str]:
    wrong, checks = proof.of("wrong"), proof.checks
    if not wrong or not checks:
        return []
    labels = {check: plain(_label(check, proof), screen) for check in checks}
    columns = _columns(len(wrong), screen)
    room = screen.width - 2 - _spread(columns)
    label_width = min(max(map(cells, labels.values())), room)
    dot = _SIGNS["passes"][not screen.unicode]
    rows = [
        *_title("which check fails on which wrong answer", screen),
        *wrap(f"X alone, + with others, w waits for a lost question, {dot} passes", screen.width),
    ]
    for start in range(0, len(wrong), columns):
        part = list(enumerate(wrong, 1))[start : start + columns]
        rows += [" " * (label_width + 2) + line for line in _numbers([n for n, _ in part])]
        for check, label in labels.items():
            signs = [_sign(check, trial, screen) for _, trial in part]
            left = pad(shorten(label, label_width, screen), label_width)
            rows.append(f"{left}  {_grouped(signs)}")
    return rows


def _label(check: CheckName, proof: Proof) -> str:
    widest = max(len(c.question) for c in proof.checks)
    hidden = "hidden " if check.hidden else "       " if any(c.hidden for c in proof.checks) else ""
    return f"{check.question:<{widest}} {hidden}{check.name.removeprefix('test_')}"


def _sign(check: CheckName, trial: Trial, screen: Screen) -> str:
    failing = trial.failing
    if check in failing:
        alone = len(failing) == 1
        sign = _SIGNS["alone" if alone else "with"][not screen.unicode]
        return paint(sign, "failed" if alone else "waiting", screen)
    waits = trial.outcome(check) is Outcome.WAITING
    return _SIGNS["waits" if waits else "passes"][not screen.unicode]


def _spread(columns: int) -> int:
    """Return the cells that so many columns take, a gap behind every fifth."""
    return columns + (columns - 1) // _GROUP


def _columns(wanted: int, screen: Screen) -> int:
    """Return how many columns a block has: the fewest blocks that fit, of one size."""
    room = screen.width - 2 - _LEAST_LABEL
    most = max(n for n in range(1, room + 1) if _spread(n) <= room)
    even = ceil(wanted / ceil(wanted / most))
    return min(most, wanted, ceil(even / _GROUP) * _GROUP)


def _grouped(signs: list[str]) -> str:
    groups = [signs[n : n + _GROUP] for n in range(0, len(signs), _GROUP)]
    return " ".join("".join(group) for group in groups)


def _numbers(numbers: list[int]) -> Iterator[str]:
    """Yield the numbers of the columns, written downwards."""
    tall = len(str(numbers[-1]))
    for place in range(tall):
        yield _grouped([f"{number:>{tall}}"[place] for number in numbers]).rstrip()


def _unneeded(proof: Proof, screen: Screen) -> list[str]:
    found = proof.unneeded
    if not found:
        return []
    rows = _title(f"needed by no wrong answer: {count(len(found), 'check')}", screen)
    for check in found:
        rows += wrap(plain(f"  {check}", screen), screen.width, "    ")
    return rows


def _untried(proof: Proof, screen: Screen) -> list[str]:
    found = proof.untried
    if not found:
        return []
    rows = _title(f"not tried on this machine: {count(len(found), 'check')}", screen)
    for check, reason in found.items():
        said = plain(" ".join(clean(f"{check}: {reason}").split()), screen)
        rows += wrap(f"  {said}", screen.width, "    ")
    return rows


def _broken(proof: Proof, screen: Screen) -> list[str]:
    if not proof.broken:
        return []
    rows = _title(f"broken promises: {len(proof.broken)}", screen)
    for broken in proof.broken:
        text = plain(" ".join(clean(str(broken)).split()), screen)
        first, *rest = wrap(text, screen.width - 2)
        rows.append(f"{paint(mark('failed', screen), 'failed', screen)} {first}")
        rows += [f"  {line}" for line in rest]
    return rows


def _verdict(proof: Proof, screen: Screen, command: str) -> list[str]:
    number = len(proof.broken)
    if number:
        are = "promise is" if number == 1 else "promises are"
        said = f"{number} {are} broken. next: mend the first, then"
        line, state = f"{command} verify {proof.assignment}", "failed"
    else:
        graded = count(len(proof.trials), "submission")
        said = f"every promise holds ({graded} graded). next:"
        line, state = f"{command} {proof.assignment}", "passed"
    if cells(said) + 2 + cells(line) <= screen.width:
        return [paint(f"{said}  {line}", state, screen)]
    return [*(paint(row, state, screen) for row in wrap(said, screen.width)), f"  {line}"]
