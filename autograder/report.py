"""What grading found, as frozen data with a JSON round trip.

A `Report` holds one `QuestionResult` a question, which holds one `CheckResult` a check.
Renderers in `autograder.show` are pure functions of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from fractions import Fraction
from typing import Any

SCHEMA = 1
TEXT_LIMIT = 10_000

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return `text` without terminal escapes and control characters, cut in the middle.

    Whatever a student's code says passes through here before anyone reads it.
    """
    if len(text) > 4 * limit:
        text = text[: 2 * limit] + text[-2 * limit :]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROLS.sub("\ufffd", _ESCAPES.sub("", text))
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half} characters left out ...]\n{text[-half:]}"


class Outcome(str, Enum):
    """The five things a check can end in; only `ERROR` is our own fault."""

    PASSED = "passed"
    FAILED = "failed"
    WAITING = "waiting"
    SKIPPED = "skipped"
    ERROR = "error"


_WORST_FIRST = (Outcome.ERROR, Outcome.FAILED, Outcome.WAITING, Outcome.SKIPPED)


def _worst(outcomes: Iterable[Outcome]) -> Outcome:
    present = set(outcomes)
    return next((o for o in _WORST_FIRST if o in present), Outcome.PASSED)


# What a hidden check says for each kind of finding: our words only, never a value.
HIDDEN_MESSAGES = {
    "missing": "a name that the handout asks for is missing",
    "unwritten": "this part is not written yet",
    "type": "the answer has the wrong type",
    "finite": "the answer holds nan or inf",
    "shape": "the answer has the wrong shape",
    "dtype": "the answer has the wrong number type",
    "value": "the answer is not right",
    "raised": "your code raised an exception",
    "import": "your file could not be imported",
    "timeout": "your code took too long",
    "died": "your code ended the process that ran it",
    "skipped": "not checked on this machine",
    "waiting": "waits for an earlier question",
    "error": "the grader broke; this is not your fault",
    "isolation": "this machine cannot keep your code apart from the grader",
    "judge": "a person has to look at this answer",
}


@dataclass(frozen=True)
class Finding:
    """What a check saw that it did not want, in words for the student.

    `kind` is a key of `HIDDEN_MESSAGES`. `message` says what was seen and what was wanted,
    `hint` the one thing to do next. `inputs`, `got`, `want`, `where` (file:line function),
    `traceback` (the student's frames) and `output` (what the code printed) are evidence.
    """

    kind: str
    message: str
    hint: str = ""
    inputs: str = ""
    got: str = ""
    want: str = ""
    where: str = ""
    traceback: str = ""
    output: str = ""
    exception: str = ""

    def redact(self) -> Finding:
        """Return what a hidden check may show: fixed words for the kind, and the hint."""
        message = HIDDEN_MESSAGES[self.kind]
        if self.kind == "raised" and self.exception:
            message = f"your code raised {self.exception}"
        return Finding(self.kind, message, self.hint)


@dataclass(frozen=True)
class CheckResult:
    """One check: `title` is its requirement sentence, `name` its function.

    `share` is the part of its points, from 0 to 1, that a failed check earns all the same: an
    accuracy between two tiers. `behind` is what a public check that waits had found, where it
    waits for hidden checks alone: readers who may not know how those ended see this instead.
    """

    name: str
    title: str
    outcome: Outcome
    weight: float = 1.0
    hidden: bool = False
    seconds: float = 0.0
    finding: Finding | None = None
    share: float = 0.0
    behind: Finding | None = None

    @property
    def part(self) -> Fraction:
        """The part of its points that the check earns, from 0 to 1."""
        if self.outcome is Outcome.PASSED:
            return Fraction(1)
        return Fraction(str(self.share)) if self.outcome is Outcome.FAILED else Fraction(0)


@dataclass(frozen=True)
class QuestionResult:
    """One question: its points are split over its checks by weight."""

    id: str
    title: str
    possible: float
    checks: tuple[CheckResult, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def exact(self) -> Fraction:
        """Points earned; a check that was skipped or that we broke counts as not earned."""
        total = sum(Fraction(c.weight) for c in self.checks)
        won = sum(Fraction(c.weight) * c.part for c in self.checks)
        return Fraction(str(self.possible)) * won / total if total else Fraction(0)

    @property
    def earned(self) -> float:
        """Points earned, to two digits."""
        return round(float(self.exact), 2)

    @property
    def outcome(self) -> Outcome:
        """The outcome that most needs attention among the checks."""
        return _worst(c.outcome for c in self.checks) if self.checks else Outcome.SKIPPED

    @property
    def seconds(self) -> float:
        return sum(c.seconds for c in self.checks)


@dataclass(frozen=True)
class Report:
    """Everything one grading run found.

    `hidden_left` counts the hidden checks that exist but did not run here. `notes` are
    sentences about the submission (files ignored, notebook lines dropped). `facts` are
    strings about the run: python, device, isolation layers, seed, versions.
    """

    assignment: str
    title: str
    questions: tuple[QuestionResult, ...]
    hidden_left: int = 0
    notes: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    submission: str = ""

    @property
    def earned(self) -> float:
        return round(float(sum(q.exact for q in self.questions)), 2)

    @property
    def possible(self) -> float:
        return round(float(sum(Fraction(str(q.possible)) for q in self.questions)), 2)

    @property
    def outcome(self) -> Outcome:
        return _worst(q.outcome for q in self.questions)

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        return tuple(c for q in self.questions for c in q.checks)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data; `from_dict` gives the same report back."""
        data = asdict(self)
        for question, own in zip(data["questions"], self.questions, strict=True):
            question.update(earned=own.earned, outcome=own.outcome.value)
            for check in question["checks"]:
                check["outcome"] = check["outcome"].value
                for rare in ("share", "behind"):
                    if not check[rare]:
                        del check[rare]
        return {
            "schema": SCHEMA,
            "assignment": self.assignment,
            "earned": self.earned,
            "possible": self.possible,
            "outcome": self.outcome.value,
            **{k: v for k, v in data.items() if k != "assignment"},
        }

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Report:
        """Rebuild a report from `to_dict` data.

        Raises ValueError when the schema is another one, KeyError or TypeError when a
        field is missing or of no known name.
        """
        if data["schema"] != SCHEMA:
            raise ValueError(f"report schema {data['schema']}, this version reads {SCHEMA}")
        derived = {"schema", "earned", "possible", "outcome", "questions", "notes"}
        rest = {k: v for k, v in data.items() if k not in derived}
        questions = tuple(_question(q) for q in data["questions"])
        return Report(questions=questions, notes=tuple(data["notes"]), **rest)


def _question(data: dict[str, Any]) -> QuestionResult:
    rest = {k: v for k, v in data.items() if k not in {"earned", "outcome", "checks", "needs"}}
    checks = tuple(_check(c) for c in data["checks"])
    return QuestionResult(checks=checks, needs=tuple(data["needs"]), **rest)


def _check(data: dict[str, Any]) -> CheckResult:
    finding = data["finding"] and Finding(**data["finding"])
    behind = Finding(**data["behind"]) if data.get("behind") else None
    rest = {**data, "outcome": Outcome(data["outcome"]), "finding": finding, "behind": behind}
    return CheckResult(**rest)


def redact(check: CheckResult) -> CheckResult:
    """Return the check as a student may see it: a hidden one keeps only title and hint.

    Its time is left out too: code can sleep as long as a hidden input is large.
    """
    if not check.hidden:
        return check
    finding = check.finding and check.finding.redact()
    return replace(check, seconds=0.0, finding=finding)
