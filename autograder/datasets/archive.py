"""The files in a folder, a tar or a zip, one after another; nothing is ever extracted to disk.

Names are only labels here: none becomes a path to write to, and no link is followed.
"""

from __future__ import annotations

import gzip
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

from autograder.datasets.split import DataBroken

MOST_FILES = 2_000_000
MOST_BYTES = 16 << 30  # of one archive, unpacked
MOST_READ = 64 << 20  # of one file in it
TARS = (".tar", ".tar.gz", ".tgz")
ENDINGS = (*TARS, ".zip")

Keep = Callable[[PurePosixPath], bool]


class Member(NamedTuple):
    """One file: its name inside the source and what it holds."""

    name: PurePosixPath
    data: bytes


def members(source: Path, keep: Keep, most: int = MOST_READ) -> Iterator[Member]:
    """Yield each regular file of a folder, tar or zip that `keep` wants, in no fixed order.

    Dot files and `__MACOSX` are passed over. `most` is the largest size of one file.
    Raises DataBroken for a damaged or oversized source, for a link among the wanted files,
    and for a name that leads out of the source.
    """
    with reading(source):
        if source.is_dir():
            yield from _in_folder(source, keep, most)
        elif source.name.lower().endswith(TARS):
            yield from _in_tar(source, keep, most)
        else:
            yield from _in_zip(source, keep, most)


@contextmanager
def reading(source: Path) -> Iterator[None]:
    """Turn what the readers of archives raise into DataBroken."""
    try:
        yield
    except EOFError as cut:
        raise DataBroken(f"{source} ends too early: copy it here again") from cut
    except (OSError, zlib.error, tarfile.TarError, zipfile.BadZipFile) as wrong:
        raise DataBroken(f"{source} cannot be read ({wrong}): copy it here again") from wrong
    except (NotImplementedError, RuntimeError, ValueError, OverflowError, struct.error) as wrong:
        raise DataBroken(f"{source} cannot be read ({wrong}): pack it again") from wrong


class Capped:
    """A file that refuses to be read beyond `most` bytes, or many bytes at once."""

    def __init__(self, file: IO[bytes], source: Path, most: int = MOST_BYTES) -> None:
        self._file, self._source, self._most = file, source, most

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes; raises DataBroken past the limits."""
        if not 0 <= size <= MOST_READ:
            raise DataBroken(f"{self._source} holds an entry that asks for {size:,} bytes at once")
        self._check(self._file.tell() + size)
        return self._file.read(size)

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place; raises DataBroken past the limit."""
        self._check(place)
        return self._file.seek(place, whence)

    def tell(self) -> int:
        """Return the place in the unpacked bytes."""
        return self._file.tell()

    def _check(self, place: int) -> None:
        if place > self._most:
            raise DataBroken(
                f"{self._source} unpacks to more than {self._most:,} bytes: it is not read further"
            )


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, through gzip where its first bytes say so; raises OSError."""
    with open(path, "rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not packed:
            yield raw
            return
        with gzip.GzipFile(fileobj=raw) as file:
            yield file  # type: ignore[misc]


def _named(source: Path, name: str) -> PurePosixPath | None:
    """Return the name as parts; nothing for what is passed over."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise DataBroken(f"{source} holds {name!r}, a name that leads out of it: pack it again")
    hidden = not path.parts or any(part.startswith(".") for part in path.parts)
    return None if hidden or "__MACOSX" in path.parts else path


def _need(source: Path, name: PurePosixPath, size: int, most: int) -> None:
    if size > most:
        raise DataBroken(f"{source}: {name} has {size:,} bytes, at most {most:,} are read")


def _wanted(source: Path, name: PurePosixPath, keep: Keep, linked: bool) -> bool:
    """Tell whether a file is asked for; raises DataBroken where it is a link.

    A link without a suffix is taken for one to a folder, whose files would silently be absent.
    """
    asked = keep(name)
    if linked and (asked or not name.suffix):
        seen = f"{source}: {name} is a link, and links are not followed"
        raise DataBroken(f"{seen}: put the thing itself there")
    return asked


def _counted(source: Path, things: Iterator[Any]) -> Iterator[Any]:
    for count, thing in enumerate(things):
        if count >= MOST_FILES:
            raise DataBroken(f"{source} holds more than {MOST_FILES:,} files")
        yield thing


def _in_folder(source: Path, keep: Keep, most: int) -> Iterator[Member]:
    for path in _counted(source, _walk(source)):
        name = _named(source, path.relative_to(source).as_posix())
        if name is None or not _wanted(source, name, keep, path.is_symlink()):
            continue
        told = path.stat()
        if stat.S_ISREG(told.st_mode):
            _need(source, name, told.st_size, most)
            yield Member(name, path.read_bytes())


def _walk(folder: Path) -> Iterator[Path]:
    """Yield every file, and every link to a folder, below a folder."""
    for top, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if os.path.islink(os.path.join(top, name))]
        yield from (Path(top, name) for name in (*links, *sorted(files)))


def _in_tar(source: Path, keep: Keep, most: int) -> Iterator[Member]:
    with unpacked(source) as file:
        capped: Any = Capped(file, source)
        with tarfile.open(fileobj=capped, mode="r:") as tar:
            for entry in _counted(source, iter(tar.next, None)):
                tar.members.clear()  # type: ignore[attr-defined]  # one name a time, not all
                name = _named(source, entry.name)
                linked = entry.issym() or entry.islnk()
                if name is None or not _wanted(source, name, keep, linked):
                    continue
                held = None if entry.issparse() or not entry.isreg() else tar.extractfile(entry)
                if held is not None:
                    _need(source, name, entry.size, most)
                    yield Member(name, held.read(entry.size))


def _in_zip(source: Path, keep: Keep, most: int) -> Iterator[Member]:
    with zipfile.ZipFile(source) as packed:
        for entry in _counted(source, iter(packed.infolist())):
            name = _named(source, entry.filename)
            linked = stat.S_ISLNK(entry.external_attr >> 16)
            if name is None or entry.is_dir() or not _wanted(source, name, keep, linked):
                continue
            _need(source, name, entry.file_size, most)
            yield Member(name, packed.read(entry))
