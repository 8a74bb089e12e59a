"""The toolkit itself as a wheel, from the files that run here: a release needs no index of ours.

Format: https://packaging.python.org/specifications/binary-distribution-format
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import autograder
from autograder.release.members import Member, archive
from autograder.release.new import TEMPLATE
from autograder.release.project import NAME, PACKAGE, project
from autograder.release.tree import files

_WHEEL = "Wheel-Version: 1.0\nGenerator: graded-descent\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel() -> Member:
    """Return the wheel as a member at the top; raises PackageNotFoundError when not installed."""
    stem = f"{NAME.replace('-', '_')}-{autograder.__version__}"
    return Member(f"{stem}-py3-none-any.whl", archive(_contents(f"{stem}.dist-info")))


def _contents(info: str) -> list[Member]:
    ours = project()
    members = [
        *_package(PACKAGE),
        Member(f"{info}/METADATA", ours.metadata().encode()),
        Member(f"{info}/WHEEL", _WHEEL.encode()),
        Member(f"{info}/entry_points.txt", ours.entry_points.encode()),
    ]
    rows = [f"{m.path},sha256={_digest(m.data)},{len(m.data)}\n" for m in members]
    record = f"{info}/RECORD"
    return [*members, Member(record, "".join([*rows, f"{record},,\n"]).encode())]


def _package(home: Path) -> list[Member]:
    """Return the package's files, but the assignment that `new` copies: its solution is there."""
    own = ((name, p) for name, p in files(home) if p.is_file() and TEMPLATE not in p.parents)
    return [Member(f"autograder/{name}", p.read_bytes()) for name, p in own]


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
