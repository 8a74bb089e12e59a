"""Decoded arrays kept in the user's cache folder and mapped into memory when asked again.

An entry is three files: images, labels, and a note with the classes and a checksum of both
arrays. Its name holds where the source lies and what state it is in, and what is decoded from
one state is always the same, so two processes may write one entry at the same time.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from autograder.datasets.places import cache_folder

VERSION = 1  # raise it whenever the same files would decode to something else
KINDS = ("images", "labels")
DAY = 24 * 3600


@dataclass(frozen=True, eq=False)
class Decoded:
    """What a source decodes to: uint8 (N, C, H, W), int64 (N,) and the names of the classes.

    `mean` and `std` are those of the training part, where the source must be asked for them.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    classes: tuple[str, ...]
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()


def cached(what: str, sources: Sequence[Path], build: Callable[[], Decoded]) -> Decoded:
    """Return what `build` gives, from the cache where that holds it; arrays are read-only.

    `what` names the part and every choice that changes the result; `sources` are the files
    or folders it is decoded from. A damaged entry is built again, and a cache that cannot be
    written is done without. Raises what `build` raises.
    """
    home = cache_folder()
    entry = home / "decoded" / _key(what, sources) if home else None
    if entry and (found := _read(entry)):
        return found
    built = build()
    if entry and _write(entry, built) and (found := _read(entry)):
        return found
    images, labels = np.ascontiguousarray(built.images), np.ascontiguousarray(built.labels)
    images.flags.writeable = labels.flags.writeable = False
    return replace(built, images=images, labels=labels)


def _key(what: str, sources: Sequence[Path]) -> str:
    places = [str(path.resolve()) for path in sources]
    states = [state for path in sources for state in _states(path)]
    plain = "".join(c if c.isalnum() or c in "-_" else "_" for c in what)[:60]
    return f"{plain}-{_digest([what, *places])}-{_digest([VERSION, *states])}"


def _digest(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _states(path: Path) -> Iterator[tuple[str, int, int]]:
    """Yield path, size and time of change of a file, or of each file in a folder."""
    files = [path]
    if path.is_dir():
        files = sorted(Path(top) / name for top, _, names in os.walk(path) for name in names)
    for file in files:
        with suppress(OSError):
            told = file.stat(follow_symlinks=file is path)
            yield str(file), told.st_size, told.st_mtime_ns


def _file(entry: Path, kind: str) -> Path:
    return entry.with_name(f"{entry.name}.{kind}")


def _read(entry: Path) -> Decoded | None:
    """Return an entry, its arrays mapped; nothing where it is not there or is damaged."""
    try:
        note = json.loads(_file(entry, "json").read_text(encoding="utf-8"))
        arrays = {
            kind: np.load(_file(entry, f"{kind}.npy"), mmap_mode="r", allow_pickle=False)
            for kind in KINDS
        }
        if any(_sum(array) != note[kind] for kind, array in arrays.items()):
            return None
        images, labels = (np.asarray(arrays[kind]) for kind in KINDS)
        mean, std = (tuple(float(number) for number in note[kind]) for kind in ("mean", "std"))
        return Decoded(images, labels, tuple(str(name) for name in note["classes"]), mean, std)
    except Exception:  # a damaged file may raise anything, and is simply made again
        return None


def _sum(array: npt.NDArray[Any]) -> list[Any]:
    return [array.dtype.str, list(array.shape), zlib.crc32(np.ascontiguousarray(array).data)]


def _write(entry: Path, built: Decoded) -> bool:
    """Write an entry, the note last; tell whether it worked. Earlier states go."""
    note: dict[str, Any] = {"classes": built.classes, "mean": built.mean, "std": built.std}
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        for kind in KINDS:
            array = np.ascontiguousarray(getattr(built, kind))
            note[kind] = _sum(array)
            _put(_file(entry, f"{kind}.npy"), partial(np.save, arr=array))
        text = json.dumps(note).encode()
        _put(_file(entry, "json"), lambda file: file.write(text))
    except OSError:
        return False
    _prune(entry)
    return True


def _prune(entry: Path) -> None:
    """Remove the entries of earlier states of the same source, and what a killed writer left."""
    stem = entry.name.rsplit("-", 1)[0]
    for old in entry.parent.glob(f"{stem}-*"):
        with suppress(OSError):
            left = old.suffix == ".tmp" and time.time() - old.stat().st_mtime > DAY
            if left or not old.name.startswith(entry.name):
                old.unlink()


def _put(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write a file so that it is there whole or not at all; raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
