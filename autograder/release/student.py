"""The student's release: a course folder with one assignment in it, and the toolkit as a wheel."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.assignment import MANIFEST, Assignment
from autograder.handin.given import KEPT
from autograder.release.members import Member
from autograder.release.notebook import notebook
from autograder.release.otter import otter_tests
from autograder.release.skeleton import skeletons
from autograder.release.tree import Linked, contents, files
from autograder.release.wheel import wheel

if TYPE_CHECKING:
    from autograder.checks.run import Check

COURSE = Path(__file__).with_name("course")
GRADER = "test_public.py"
# What `train`, `reset` and `submit` leave at the top of a folder of work.
_LEFT_BEHIND = re.compile(
    r"weights\.safetensors|training\.json|curves\.svg|[^/]*\.bak\d*|[^/]*-submission\.zip"
)
_TORCH = """
This assignment needs torch. On Linux the second line fetches the build for NVIDIA cards, several
gigabytes. For a computer without such a card type this between the two:

    .venv/bin/pip install TORCH_PIN --index-url https://download.pytorch.org/whl/cpu

"""


class ReleaseError(ValueError):
    """The assignment cannot be given out; the text says why."""


def release(
    assignment: Assignment, pins: dict[str, str], *, checks: Sequence[Check] | None = None
) -> list[Member]:
    """Return the files of the student's release of an assignment whose solution is here.

    `pins` maps packages to the versions they are tested with, `checks` are those of `collect`,
    where they are loaded already. Raises ReleaseError, and SkeletonError for a master that
    cannot be cut.
    """
    inside = f"assignments/{assignment.name}"
    given = public_files(assignment)
    tests = {member.path: member.data for member in otter_tests(assignment, checks=checks)}
    kept = {name: source.encode() for name, source in skeletons(assignment).items()}
    kept[f"{assignment.name}.ipynb"] = notebook(assignment)
    toolkit = wheel()
    return [
        toolkit,
        Member("grade.py", (COURSE / "grade.py").read_bytes()),
        Member("README.md", _welcome(assignment, toolkit.path, pins).encode()),
        Member("requirements.txt", _requirements(assignment, toolkit.path, pins).encode()),
        *(Member(f"{inside}/{name}", data) for name, data in {**given, **tests, **kept}.items()),
        *(Member(f"{inside}/{KEPT}/{name}", data) for name, data in kept.items()),
    ]


def public_files(assignment: Assignment) -> dict[str, bytes]:
    """Return the files that are meant for students, as they lie in the public folder.

    Raises ReleaseError for a link, and where one that a student needs lacks or is unreadable.
    """
    found = files(assignment.folder)
    meant = ((name, path) for name, path in found if not _LEFT_BEHIND.fullmatch(name))
    try:
        given = dict(contents(meant))
    except Linked as error:
        raise ReleaseError(str(error)) from error
    for needed in ("README.md", MANIFEST, GRADER):
        _need_text(f"assignments/{assignment.name}/{needed}", given.get(needed))
    return given


def left_out(folder: Path) -> list[str]:
    """Return the files in the public folder that `train`, `reset` and `submit` made."""
    return sorted(path.name for path in folder.iterdir() if _LEFT_BEHIND.fullmatch(path.name))


def _need_text(name: str, data: bytes | None) -> None:
    """Raise ReleaseError unless a file is there, is UTF-8 and, of Python, can be parsed."""
    if data is None:
        raise ReleaseError(f"{name} is missing: a student needs it")
    try:
        text = data.decode("utf-8")
        if name.endswith(".py"):
            ast.parse(text)
    except UnicodeDecodeError as error:
        raise ReleaseError(f"{name} is not UTF-8 at byte {error.start}: save it so") from error
    except (SyntaxError, ValueError) as error:
        raise ReleaseError(f"{name} is not valid Python: {error}") from error


def _welcome(assignment: Assignment, toolkit: str, pins: dict[str, str]) -> str:
    text = (COURSE / "README.md").read_text(encoding="utf-8")
    torch = "\n" if assignment.light else _TORCH.replace("TORCH_PIN", _pinned("torch", pins))
    words = {
        "TITLE": assignment.title,
        "NAME": assignment.name,
        "MODULE": assignment.module,
        "QUESTION": assignment.questions[0].id,
        "WHEEL": toolkit,
        "TORCH\n": torch,
    }
    return re.sub("TORCH\n|[A-Z]{4,}", lambda found: words.get(found[0], found[0]), text)


def _requirements(assignment: Assignment, toolkit: str, pins: dict[str, str]) -> str:
    lines = ["# The toolkit lies beside this file: install from this folder."]
    if assignment.light:
        lines += [f"./{toolkit}"]
    else:
        lines += [f"./{toolkit}[torch]", _pinned("torch", pins)]
    return "\n".join(lines) + "\n"


def _pinned(package: str, pins: dict[str, str]) -> str:
    return f"{package}=={pins[package]}" if package in pins else package
