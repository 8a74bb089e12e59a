"""What the toolkit says of itself: its name, what it needs, its commands.

Read from `pyproject.toml` where that lies beside the package, for an installation notes only
what stood there when it was made; else from the installation.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import autograder

NAME = "graded-descent"
PACKAGE = Path(autograder.__file__).parent


@dataclass(frozen=True)
class Project:
    """The toolkit as a package: requirements are as pip reads them, extras by marker."""

    summary: str
    python: str
    requires: tuple[str, ...]
    extras: tuple[str, ...]
    entry_points: str

    def metadata(self) -> str:
        """Return the core metadata (version 2.1) that pip reads."""
        lines = [
            "Metadata-Version: 2.1",
            f"Name: {NAME}",
            f"Version: {autograder.__version__}",
            f"Summary: {self.summary}",
            f"Requires-Python: {self.python}",
            *(f"Provides-Extra: {extra}" for extra in self.extras),
            *(f"Requires-Dist: {requirement}" for requirement in self.requires),
        ]
        return "\n".join(lines) + "\n"


def project() -> Project:
    """Return the toolkit's project; raises PackageNotFoundError where it is not installed."""
    file = PACKAGE.parent / "pyproject.toml"
    table = _parse(file).get("project", {}) if file.is_file() else {}
    return _declared(table) if table.get("name") == NAME else _installed()


def _parse(file: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    table: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    return table


def _declared(table: dict[str, Any]) -> Project:
    extras: dict[str, list[str]] = table.get("optional-dependencies", {})
    requires = [*table["dependencies"]]
    for extra, wanted in extras.items():
        requires += [_only_with(extra, requirement) for requirement in wanted]
    groups = {"console_scripts": table.get("scripts", {}), **table.get("entry-points", {})}
    lines = [
        line
        for group, entries in groups.items()
        for line in (f"[{group}]", *(f"{name} = {what}" for name, what in entries.items()), "")
    ]
    return Project(
        table["description"],
        table["requires-python"],
        tuple(requires),
        tuple(extras),
        "\n".join(lines),
    )


def _only_with(extra: str, requirement: str) -> str:
    name, _, marker = requirement.partition(";")
    condition = f"extra == {extra!r}"
    return f"{name.strip()}; {f'({marker.strip()}) and ' if marker else ''}{condition}"


def _installed() -> Project:
    found = distribution(NAME)
    told = found.metadata
    return Project(
        told["Summary"],
        told["Requires-Python"],
        tuple(found.requires or ()),
        tuple(told.get_all("Provides-Extra") or ()),
        found.read_text("entry_points.txt") or "",
    )
