"""The versions that an image installs: those of constraints.txt for one Python on Linux."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.release.project import project

if TYPE_CHECKING:
    from packaging.requirements import Requirement

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
_LINUX = {
    "os_name": "posix",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}
_HEAD = "# The grader needs these and nothing else; the versions are those it was tested with."


class UnknownPin(ValueError):
    """The versions cannot be told; the text says what is wanted."""


def requirements(constraints: Path, python: str, toolkit: str, torch: bool) -> dict[str, str]:
    """Return `requirements.txt` and the `constraints.txt` it names, for pip on Linux.

    `toolkit` is the wheel that lies beside them. With `torch`, its build for processors is
    asked for by its own name, so that no build for NVIDIA cards, gigabytes of it, is taken.
    Raises UnknownPin without a file of constraints, or where it lacks torch.
    """
    pins = read(constraints, python)
    lines = [_HEAD, "-c constraints.txt"]
    if torch:
        if "torch" not in pins:
            raise UnknownPin(f"{constraints.name} pins no torch for Python {python}: add it there")
        lines += [
            f"--extra-index-url {CPU_INDEX}",
            f"torch=={pins.pop('torch').partition('+')[0]}+cpu",
        ]
    else:
        pins.pop("torch", None)
    for wanted in needed(python, torch):
        # A package nobody pinned keeps the range that the toolkit asks for.
        name = canonical(wanted.name)
        if name != "torch":
            lines.append(f"{name}=={pins[name]}" if name in pins else f"{name}{wanted.specifier}")
    fixed = [f"{name}=={version}" for name, version in sorted(pins.items())]
    return {
        "requirements.txt": "\n".join([*lines, f"./{toolkit}"]) + "\n",
        "constraints.txt": "\n".join(fixed) + "\n",
    }


def read(constraints: Path, python: str) -> dict[str, str]:
    """Return the version of each package that a constraints file pins for one Python."""
    return _versions(pin for pin in _pins(constraints) if applies(pin, python))


def everywhere(constraints: Path) -> dict[str, str]:
    """Return the versions that a constraints file pins for every Python; {} without the file."""
    if not constraints.is_file():
        return {}
    return _versions(pin for pin in _pins(constraints) if pin.marker is None)


def _versions(pins: Iterable[Requirement]) -> dict[str, str]:
    found = {}
    for pin in pins:
        versions = [part.version for part in pin.specifier if part.operator == "=="]
        if versions:
            found[canonical(pin.name)] = versions[0]
    return found


def _pins(constraints: Path) -> Iterator[Requirement]:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        text = constraints.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        says = "it pins what is installed for grading. Make one in the folder of grade.py"
        make = f"python -m pip freeze --exclude-editable > {constraints.name}"
        raise UnknownPin(f"{constraints.name} cannot be read: {says}: {make}") from error
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.partition("#")[0].strip()
        if not plain:
            continue
        try:
            yield Requirement(plain)
        except InvalidRequirement as error:
            raise UnknownPin(f"{constraints.name}:{number} is no requirement: {plain}") from error


def needed(python: str, torch: bool) -> Iterator[Requirement]:
    """Yield what the toolkit itself needs on Linux, by name; with `torch` also that extra."""
    from packaging.requirements import Requirement

    asked = map(Requirement, project().requires)
    for wanted in sorted(asked, key=lambda requirement: canonical(requirement.name)):
        extras = ("", "torch") if torch else ("",)
        if any(applies(wanted, python, extra) for extra in extras):
            yield wanted


def applies(wanted: Requirement, python: str, extra: str = "") -> bool:
    """Tell whether a requirement holds for a Python like "3.10" on Linux."""
    if wanted.marker is None:
        return not extra
    versions = {"python_version": python, "python_full_version": f"{python}.0", "extra": extra}
    return wanted.marker.evaluate({**_LINUX, **versions})


def canonical(name: str) -> str:
    """Return the one spelling of a package's name (PEP 503)."""
    from packaging.utils import canonicalize_name

    return str(canonicalize_name(name))
