"""An assignment as data: `assignment.toml`, read and validated strictly."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Question:
    """One question of an assignment.

    `hidden` is the number of hidden checks that run on submission; `needs` the questions
    this one builds on; `hints` what `grade hint` reveals, stage by stage.
    """

    id: str
    title: str
    points: float
    hidden: int = 0
    needs: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Handin:
    """One file a student hands in: `name`, or one of the names in `instead`."""

    name: str
    instead: tuple[str, ...] = ()
    required: bool = True
    about: str = ""


@dataclass(frozen=True)
class Limits:
    """Limits on a student's code: seconds for one call, for the whole run, and memory."""

    call_seconds: float = 10.0
    run_seconds: float = 60.0
    memory_mb: int = 2048
    output_kb: int = 64


@dataclass(frozen=True)
class Assignment:
    """One assignment.

    `folder` is the public folder, `solution` the secret one or None where it is absent.
    `module` is the file that a check sees as `student`.
    """

    name: str
    title: str
    folder: Path
    solution: Path | None
    module: str
    files: tuple[Handin, ...]
    questions: tuple[Question, ...]
    limits: Limits = field(default_factory=Limits)
    light: bool = True

    @property
    def points(self) -> float:
        return sum(q.points for q in self.questions)
