"""An assignment as data: `assignment.toml`, read and validated strictly."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import manifest
from autograder.contradictions import MANIFEST as MANIFEST
from autograder.contradictions import NAME, contradictions
from autograder.manifest import Place, Problem
from autograder.policy import Attempts, Late, Publication

_ALIKE = 0.55  # of 1: how near a name that is meant must be


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
class Training:
    """What a training may use and what it should reach.

    `model` and `train` name the student's class (or factory) and function; `parameters` is
    the number that all tensors but batch-norm statistics must stay below, 0 for no limit;
    `tiers` are accuracies in per cent on the test images, `shares` the points of each (equal
    steps unless given), `seconds` the time on one machine.
    """

    dataset: str
    model: str = "Net"
    train: str = "train"
    epochs: int = 0
    parameters: int = 0
    tiers: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()
    seconds: float = 0.0


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
    training: Training | None = None
    late: Late = field(default_factory=Late)
    attempts: Attempts = field(default_factory=Attempts)
    publication: Publication = field(default_factory=Publication)

    @property
    def points(self) -> float:
        return sum(q.points for q in self.questions)


class AssignmentError(ValueError):
    """`assignment.toml` cannot be used; the text has one line a problem: file, line, key."""


class UnknownAssignment(AssignmentError):
    """There is no assignment of this name; `suggestions` are the nearest names there are."""

    def __init__(self, name: str, suggestions: tuple[str, ...]) -> None:
        self.name = name
        self.suggestions = suggestions
        meant = f"; did you mean {' or '.join(suggestions)}?" if suggestions else ""
        super().__init__(f"there is no assignment called {name[:80]!r}{meant}")


def names(root: Path) -> list[str]:
    """Return the names of the assignments below `root`, sorted."""
    folders = [file.parent.name for file in (root / "assignments").glob(f"*/{MANIFEST}")]
    return sorted(name for name in folders if NAME.fullmatch(name))


def load(name: str, root: Path) -> Assignment:
    """Read and validate `root/assignments/NAME/assignment.toml`.

    Raises UnknownAssignment when there is no such assignment, AssignmentError when its
    file cannot be read, holds something unknown or contradicts itself or the folder.
    """
    file = root / "assignments" / name / MANIFEST if NAME.fullmatch(name) else None
    if file is None or not file.is_file():
        raise UnknownAssignment(name, nearest(name, names(root)))
    text, data = _parse(file)
    problems = manifest.problems(data)
    if not problems:
        assignment = _build(name, root, data)
        problems = list(contradictions(assignment, data["points"]))
        if not problems:
            return assignment
    found = manifest.lines(text)
    raise AssignmentError("\n".join(_line(file, problem, found) for problem in problems))


def nearest(typed: str, there: Sequence[str]) -> tuple[str, ...]:
    """Return up to three names: those that a path goes through, that hold it, or look alike."""
    import difflib

    typed = typed[:80].lower()
    parts = re.split(r"[/\\.]", typed)
    through = [name for name in there if name in parts]
    holding = [name for name in there if len(typed) > 1 and typed in name]
    alike = difflib.get_close_matches(typed, there, 3, _ALIKE)
    return tuple(dict.fromkeys(through or [*holding, *alike]))[:3]


def _shown(file: Path) -> str:
    return "/".join(file.parts[-3:])


def _line(file: Path, problem: Problem, found: dict[Place, int]) -> str:
    line = manifest.line_of(problem.place, found)
    where = f"{_shown(file)}:{line}" if line else _shown(file)
    return f"{where}: {manifest.label(problem.place)}: {problem.says}"


def _parse(file: Path) -> tuple[str, dict[str, Any]]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise AssignmentError(f"{_shown(file)}: not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise AssignmentError(f"{_shown(file)}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise AssignmentError(f"{_shown(file)}: not valid TOML: {error}") from error


def _build(name: str, root: Path, data: dict[str, Any]) -> Assignment:
    solution = root / "solutions" / name
    return Assignment(
        name=name,
        title=data["title"],
        folder=root / "assignments" / name,
        solution=solution if solution.is_dir() else None,
        module=data["module"],
        files=tuple(Handin(**_frozen(table)) for table in data["file"]),
        questions=tuple(Question(**_frozen(table)) for table in data["question"]),
        limits=Limits(**data.get("limits", {})),
        light=not data.get("torch", False),
        training=_training(data["training"]) if "training" in data else None,
        late=Late(**data.get("late", {})),
        attempts=Attempts(**data.get("attempts", {})),
        publication=Publication(**_frozen(data.get("gradescope", {}))),
    )


def _training(table: dict[str, Any]) -> Training:
    steps = list(range(1, len(table.get("tiers", ())) + 1))
    return Training(**_frozen({"shares": steps, **table}))


def _frozen(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}
