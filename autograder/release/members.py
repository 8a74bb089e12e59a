"""What a release is made of: files in memory, and a zip of them that is the same every time."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# The first moment that a zip can tell: when a file was written is nobody's business.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_PLAIN, _EXECUTABLE = 0o100644, 0o100755


@dataclass(frozen=True)
class Member:
    """One file of a release: its path below the top ("a/b.py"), its bytes, whether it runs."""

    path: str
    data: bytes
    executable: bool = False


def archive(members: Iterable[Member]) -> bytes:
    """Return a zip of the members, in the order of their paths; the same members, the same bytes.

    Raises ValueError for two members of one path.
    """
    ordered = sorted(members, key=lambda member: member.path)
    paths = [member.path for member in ordered]
    if twice := {path for path in paths if paths.count(path) > 1}:
        raise ValueError(f"{min(twice)} is in the release twice")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        for member in ordered:
            entry = zipfile.ZipInfo(member.path, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix: only there a zip tells what may be run
            entry.external_attr = (_EXECUTABLE if member.executable else _PLAIN) << 16
            bundle.writestr(entry, member.data)
    return buffer.getvalue()


def pack(members: Iterable[Member], path: Path) -> str:
    """Write the zip of the members to `path`, whole or not at all; return its sha256."""
    data = archive(members)
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        half.write_bytes(data)
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)
    return hashlib.sha256(data).hexdigest()


def lay(members: Iterable[Member], folder: Path) -> None:
    """Write the members as files below `folder`."""
    for member in members:
        target = folder / member.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(member.data)
        target.chmod(0o755 if member.executable else 0o644)
