"""The rooms of the house know only the rooms below them; read from the imports themselves."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "autograder"

# A room may import from its own floor where a room of that floor is named beside it, and
# from every floor below. `pytest_plugin` stands in `checks` but is a door, like the command.
FLOORS = (
    {
        "report": (),
        "policy": (),
        "manifest": ("policy",),
        "proof": ("report",),
        "cohort": ("report",),
        "contradictions": ("manifest", "policy"),
        "assignment": ("contradictions", "manifest", "policy"),
    },
    {"wall": ()},
    {"models": (), "datasets": ()},
    {"checks": (), "training": ()},
    {"handin": (), "submission": ("handin",), "grading": ("submission",)},
    {
        "show": (),
        "release": (),
        "door": (),
        "classroom": (),
        "doctor": (),
        "junk": ("release",),
        "leaks": ("release",),
        "overlay": ("release", "junk"),
        "promises": (),
        "verify": ("release", "junk", "leaks", "overlay", "promises"),
    },
    {
        "console": (),
        "practice": ("console",),
        "marking": ("console",),
        "handing_in": ("console",),
        "publishing": ("console",),
        "commands": ("console", "practice", "marking", "handing_in", "publishing"),
        "cli": ("console", "commands"),
        "gradescope": ("console",),
        "pytest_plugin": (),
    },
)
HEAVY = {"numpy", "torch", "sympy", "otter", "pytest", "hypothesis", "openpyxl", "nbformat"}


def modules() -> list[Path]:
    """Return every module of the package; what is copied into a course is none."""
    copied, found = {"template", "course"}, PACKAGE.rglob("*.py")
    return sorted(p for p in found if not copied.intersection(p.relative_to(PACKAGE).parts))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(dotted: str) -> str:
    """Return the room of `autograder.room.module`; nothing for the package itself."""
    parts = dotted.split(".")
    if parts[-1] == "pytest_plugin":
        return "pytest_plugin"
    return parts[1] if len(parts) > 1 else ""


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield each module that is imported, at any depth, with its line; not for types only."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            yield base, node.lineno
            if base == "autograder":
                yield from ((f"autograder.{alias.name}", node.lineno) for alias in node.names)
        yield from imports(node)


def floor_of(room: str) -> int:
    return next((level for level, rooms in enumerate(FLOORS) if room in rooms), -1)


def may(room: str, other: str) -> bool:
    """Tell whether `room` may import from `other`."""
    if other in ("", "__version__", room):
        return True
    level, below = floor_of(room), floor_of(other)
    return below >= 0 and (below < level or other in FLOORS[level].get(room, ()))


@pytest.mark.parametrize("path", modules(), ids=named)
def test_a_room_imports_only_from_the_rooms_below(path: Path) -> None:
    room = room_of(dotted(path))
    assert room == "" or floor_of(room) >= 0, f"{room} is a new room: give it a floor here"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    ours = [(name, line) for name, line in imports(tree) if name.split(".")[0] == "autograder"]
    wrong = [f"line {line}: {name}" for name, line in ours if not may(room, room_of(name))]
    assert not wrong, f"{named(path)} may not import {wrong}"


def test_the_rule_itself_refuses_what_it_should() -> None:
    assert may("checks", "wall") and may("cli", "verify") and may("verify", "release")
    for room, other in [("wall", "checks"), ("report", "assignment"), ("checks", "grading")]:
        assert not may(room, other)
    for room in ("show", "release", "verify", "grading", "checks", "wall"):
        assert not may(room, "cli") and not may(room, "pytest_plugin")
    assert not may("show", "release") and not may("release", "verify")
    assert list(imports(ast.parse("def f():\n    from autograder.show.html import html\n")))


@pytest.mark.parametrize("path", sorted((PACKAGE / "show").glob("*.py")), ids=named)
def test_renderers_never_grade(path: Path) -> None:
    rooms = {room_of(n) for n, _ in imports(ast.parse(path.read_text())) if "autograder" in n}
    assert rooms <= {"", "show", "report", "assignment", "proof", "cohort"}


def graders() -> list[Path]:
    return sorted([*ROOT.glob("assignments/**/*.py"), *ROOT.glob("solutions/**/*.py")])


@pytest.mark.parametrize("path", graders(), ids=named)
def test_graders_import_only_the_checks_of_ours(path: Path) -> None:
    names = [name for name, _ in imports(ast.parse(path.read_text(encoding="utf-8")))]
    ours = {name for name in names if name.split(".")[0] == "autograder"}
    allowed = "autograder.checks" if path.name in ("test_public.py", "test_hidden.py") else "?"
    assert all(f"{name}.".startswith(f"{allowed}.") for name in ours), ours
    assert not {"solutions", "assignments"} & {name.split(".")[0] for name in names}


def assignments() -> list[str]:
    return sorted(path.parent.name for path in ROOT.glob("assignments/*/assignment.toml"))


def words(tree: ast.AST) -> Iterator[str]:
    """Yield every text and every identifier."""
    for node in ast.walk(tree):
        for value in vars(node).values():
            if isinstance(value, str):
                yield value


@pytest.mark.parametrize("path", modules(), ids=named)
def test_no_assignment_is_named_in_the_package(path: Path) -> None:
    said = list(words(ast.parse(path.read_text(encoding="utf-8"))))
    for name in assignments():
        # A name of one plain word is a name only where it stands alone.
        pattern = rf"\b{name}\b" if "_" in name else rf"\A{name}\Z|(assignments|solutions)/{name}\b"
        assert not [text for text in said if re.search(pattern, text)], name


def prints(tree: ast.AST) -> list[int]:
    """Return the lines that write to the standard streams."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    said = {"print", "sys.stdout.write", "sys.stderr.write", "click.echo", "warnings.warn"}
    return [call.lineno for call in calls if ast.unparse(call.func) in said]


@pytest.mark.parametrize("path", modules(), ids=named)
def test_nothing_prints_outside_show_and_the_command(path: Path) -> None:
    lines = prints(ast.parse(path.read_text(encoding="utf-8")))
    assert not lines or room_of(dotted(path)) in ("show", "console", "commands", "cli"), lines


def loaded(*command: str, folder: Path = ROOT) -> set[str]:
    """Return the top names of all modules that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines[1:]}


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["check", "--help"]], ids=" ".join)
def test_the_command_starts_without_anything_heavy(arguments: list[str]) -> None:
    assert not loaded("grade.py", *arguments) & HEAVY


@pytest.mark.parametrize("module", ["report", "assignment", "cli", "wall.process", "submission"])
def test_what_the_command_starts_with_is_light(module: str) -> None:
    assert not loaded("-c", f"import autograder.{module}") & HEAVY


def test_the_wall_is_up_before_sympy_and_hypothesis() -> None:
    assert not loaded("-c", "import autograder.grading") & (HEAVY - {"numpy"})
