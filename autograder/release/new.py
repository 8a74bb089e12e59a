"""`new(name, root)`: a small complete assignment to start from."""

from __future__ import annotations

import keyword
import re
import shutil
from pathlib import Path

from autograder.assignment import MANIFEST

TEMPLATE = Path(__file__).with_name("template")
TITLE = 'title = "Softmax and cross-entropy"\n'
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


class NewError(ValueError):
    """The assignment cannot be made; the text says why."""


def new(name: str, root: Path) -> list[Path]:
    """Copy the template to `assignments/NAME` and `solutions/NAME` and return the files.

    The copy keeps every promise that `verify` looks at. Raises NewError for a name that
    cannot be used or is taken, and OSError where it cannot be written: then nothing is left.
    """
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise NewError(
            f"{name[:80]!r} cannot be the name of an assignment: use a-z, 0-9 and _, "
            "beginning with a letter, and no word of Python"
        )
    if not TEMPLATE.is_dir():
        raise NewError(
            "This copy of the toolkit came with an assignment and holds nothing to start from: "
            "use the one of your course"
        )
    homes = {"assignment": root / "assignments" / name, "solution": root / "solutions" / name}
    for home in homes.values():
        if home.exists() or home.is_symlink():
            raise NewError(f"{home.parent.name}/{name} is there already: choose another name")
    try:
        _copy(homes, name)
    except OSError:
        for home in homes.values():  # neither was there before
            shutil.rmtree(home, ignore_errors=True)
        raise
    return sorted(p for home in homes.values() for p in home.rglob("*") if p.is_file())


def _copy(homes: dict[str, Path], name: str) -> None:
    for part, home in homes.items():
        shutil.copytree(TEMPLATE / part, home, ignore=shutil.ignore_patterns("__pycache__"))
    manifest = homes["assignment"] / MANIFEST
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace(TITLE, f'title = "{name}"\n', 1), encoding="utf-8")
