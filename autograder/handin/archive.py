"""List the regular files of a zip; nothing is ever unpacked to the paths it names."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from autograder.handin.entries import (
    FILE_LIMIT,
    MEGABYTE,
    TOTAL_LIMIT,
    Entry,
    Listing,
    SubmissionError,
    is_junk,
    listed,
    open_regular,
    shown,
)

MOST_ENTRIES = 2_000
# The list of contents of 2,000 files with long names is well below this.
DIRECTORY_LIMIT = 1 * MEGABYTE
# Honest tables shrink to a tenth; beyond this, from 1 MB on, a file is a bomb.
HIGHEST_RATIO = 200
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x41


class _CappedFile(io.FileIO):
    """A file that refuses to be read in pieces larger than a list of contents may be."""

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = DIRECTORY_LIMIT + 1 if size is None or size < 0 else size
        data = super().read(min(wanted, DIRECTORY_LIMIT + 1)) or b""
        if len(data) > DIRECTORY_LIMIT:
            raise SubmissionError(_too_many())
        return data


def _too_many() -> str:
    return f"This zip lists more than {MOST_ENTRIES:,} files. Zip only the files asked for."


@contextmanager
def open_zip(path: Path) -> Iterator[Listing]:
    """Yield the regular files of the zip at `path`; they can be read while it is open.

    Raises SubmissionError when it is no zip, is damaged, lists over 2,000 files, or says
    that it unpacks to more than 128 MB.
    """
    with _CappedFile(_descriptor(path)) as stream, _archive(stream, path.name) as archive:
        yield _listing(archive)


def _descriptor(path: Path) -> int:
    try:
        return open_regular(path, os.lstat(path))
    except OSError as error:
        raise SubmissionError(
            f"{shown(path.name)} cannot be read: {error.strerror or error}."
        ) from error


def _archive(stream: io.FileIO, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except SubmissionError:
        raise
    # zipfile raises many types for a damaged file, ValueError and struct.error among them.
    except Exception as error:
        raise SubmissionError(
            f"{shown(name)} is not a zip, or it was cut short. "
            "Make it again with the zip tool of your system and hand it in once more."
        ) from error


def _listing(archive: zipfile.ZipFile) -> Listing:
    infos = archive.infolist()
    if len(infos) > MOST_ENTRIES:
        raise SubmissionError(_too_many())
    if sum(info.file_size for info in infos) > TOTAL_LIMIT:
        raise SubmissionError(
            f"This zip unpacks to more than {TOTAL_LIMIT // MEGABYTE} MB. "
            "Zip only the files asked for."
        )
    entries: list[Entry] = []
    odd: list[str] = []
    for info in infos:
        path = _inside(info.filename)
        if not _is_regular(info) or path is None:
            odd += [] if info.filename.endswith(("/", "\\")) else [info.filename]
        elif path and not is_junk(path):
            entries.append(Entry(path, info.file_size, partial(_open, archive, info)))
    notes = (f"Left out of the zip, because only plain files are read: {listed(odd)}.",)
    return Listing(tuple(entries), notes if odd else ())


def _inside(name: str) -> str | None:
    """Return the path below the top of the zip; "" for a folder, None when it climbs out."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if ".." in parts:
        return None
    return "" if name.endswith(("/", "\\")) else "/".join(parts)


def _is_regular(info: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)
    return kind in (0, stat.S_IFREG)


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    name = shown(info.filename)
    if info.flag_bits & _ENCRYPTED:
        raise SubmissionError(f"{name} is locked with a password. Make a zip without one.")
    if info.compress_type not in _READABLE:
        raise SubmissionError(
            f"{name} is compressed in a way that is not read here. "
            "Make the zip with the zip tool of your system."
        )
    if info.file_size > max(MEGABYTE, HIGHEST_RATIO * info.compress_size):
        raise SubmissionError(
            f"{name} unpacks to over {HIGHEST_RATIO} times its size in the zip; "
            f"such a file is not read. At most {FILE_LIMIT // MEGABYTE} MB are."
        )
    return archive.open(info)
