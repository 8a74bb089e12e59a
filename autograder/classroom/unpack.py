"""Take a class zip apart into a folder, without trusting anything that it says.

Such a zip is made by a learning platform out of what students handed in. What one student can
do to it (a file without end, a name twice) costs that student only; a zip that is damaged as a
whole costs the instructor another download.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autograder.classroom.found import IntakeError, note
from autograder.handin.entries import CHUNK, MEGABYTE, is_junk, open_regular, shown

MOST_ENTRIES = 50_000
TOTAL_LIMIT = 4096 * MEGABYTE
STUDENT_LIMIT = 128 * MEGABYTE
DIRECTORY_LIMIT = 32 * MEGABYTE  # the list of contents of 50,000 files with long names
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCKED, _UTF8 = 0x41, 0x800
# What a name can be the reason of: too long, not of this system, already a file or a folder.
_NAMES = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.EEXIST, errno.ENOTDIR, errno.EISDIR}
_AGAIN = "Download it again and give it as it is."


@dataclass(frozen=True)
class ClassZip:
    """An open class zip: its regular files by their path inside, and notes on the others."""

    archive: zipfile.ZipFile
    files: dict[str, zipfile.ZipInfo]
    twice: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass
class Unpacked:
    """What came out: for some paths what is wrong with them; an empty file stands for each."""

    troubles: dict[str, str] = field(default_factory=dict)
    left: int = field(default_factory=lambda: TOTAL_LIMIT)
    used: Counter[str] = field(default_factory=Counter)


class _Capped(io.FileIO):
    """A file that refuses to be read in pieces larger than a list of contents may be."""

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = DIRECTORY_LIMIT + 1 if size is None or size < 0 else size
        data = super().read(min(wanted, DIRECTORY_LIMIT + 1)) or b""
        if len(data) > DIRECTORY_LIMIT:
            raise IntakeError(f"This zip lists more than {MOST_ENTRIES:,} files.")
        return data


@contextmanager
def open_class_zip(path: Path) -> Iterator[ClassZip]:
    """Yield what the zip at `path` lists; raises IntakeError when it is none, or is too large."""
    try:
        descriptor = open_regular(path.resolve(), os.stat(path))
    except (OSError, ValueError) as error:
        raise IntakeError(f"{shown(str(path))} cannot be read: {error}.") from error
    with _Capped(descriptor) as stream:
        try:
            archive = zipfile.ZipFile(stream)
        except IntakeError:
            raise
        # zipfile raises many types for a damaged file, ValueError and struct.error among them.
        except Exception as error:
            raise IntakeError(
                f"{shown(str(path))} is not a zip, or it was cut short. {_AGAIN}"
            ) from error
        with archive:
            yield _listing(archive, path)


def _listing(archive: zipfile.ZipFile, path: Path) -> ClassZip:
    infos = archive.infolist()
    if len(infos) > MOST_ENTRIES:
        raise IntakeError(f"{shown(path.name)} lists more than {MOST_ENTRIES:,} files.")
    files: dict[str, zipfile.ZipInfo] = {}
    odd: list[str] = []
    twice: list[str] = []
    for info in infos:
        name = _name(info)
        inside = _inside(name)
        if name.endswith(("/", "\\")) or (inside and is_junk(inside)):
            continue
        if not inside or stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            odd.append(name)
        elif inside in files:
            twice.append(inside)
        else:
            files[inside] = info
    notes = note(f"Left out of {shown(path.name)}, because only plain files are read", odd)
    return ClassZip(archive, files, tuple(twice), notes)


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name of an entry; some tools write UTF-8 and do not say so."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _inside(name: str) -> str:
    """Return the path below the top of the zip; "" when it would lead elsewhere."""
    plain = name.replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    absolute = plain.startswith("/") or plain[1:3] == ":/"
    return "" if absolute or ".." in parts else "/".join(parts)


def unpack(source: ClassZip, into: Path, owner: Callable[[str], str]) -> Unpacked:
    """Write the files below `into`; `owner` says which of them are one student's.

    Raises IntakeError when the zip is damaged or locked, or unpacks to more than 4 GB.
    """
    done = Unpacked()
    twice = {*source.twice}
    for path, info in source.files.items():
        if info.flag_bits & _LOCKED or info.compress_type not in _READABLE:
            raise IntakeError(
                f"{shown(path)} in the zip is locked, or compressed in a way that is not read "
                "here. Unpack the zip and give the folder."
            )
        target = _create(into / path)
        if target is None:
            done.troubles[path] = f"{shown(path)} has a name that cannot be written here."
            continue
        with target:
            if path in twice:
                done.troubles[path] = f"{shown(path)} is in the zip twice."
            elif not _pour(source.archive, info, target, owner(path), done):
                target.truncate(0)
                done.troubles[path] = f"The work is over {STUDENT_LIMIT // MEGABYTE} MB."
    return done


def _create(path: Path) -> io.BufferedWriter | None:
    """Return the new file, None when its name is the reason that there can be none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("xb")
    except ValueError:
        return None
    except OSError as error:
        if error.errno in _NAMES:
            return None
        raise IntakeError(f"The zip cannot be unpacked: {error.strerror or error}.") from error


def _pour(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    target: io.BufferedWriter,
    of: str,
    done: Unpacked,
) -> bool:
    """Write the contents, counted as they come; False when the student's share is used up."""
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(CHUNK):
                done.used[of] += len(chunk)
                done.left -= len(chunk)
                if done.left < 0:
                    raise IntakeError(f"This zip unpacks to over {TOTAL_LIMIT // MEGABYTE} MB.")
                if done.used[of] > STUDENT_LIMIT:
                    return False
                target.write(chunk)
    except IntakeError:
        raise
    except OSError as error:
        raise IntakeError(f"The zip cannot be unpacked: {error.strerror or error}.") from error
    # A damaged zip raises a dozen unrelated types: BadZipFile, zlib.error, EOFError and more.
    except Exception as error:
        raise IntakeError(f"{shown(info.filename)} in the zip is damaged. {_AGAIN}") from error
    return True
