"""A folder, a file, a zip or a notebook becomes a clean folder of just the files asked for."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.assignment import Assignment
from autograder.handin.entries import TOTAL_LIMIT, Entry, Listing, SubmissionError, read, shown
from autograder.handin.folder import list_file, list_folder
from autograder.handin.given import without_given
from autograder.handin.selection import Choice, choose
from autograder.handin.source import decode
from autograder.report import clean

__all__ = ["Gathered", "Submission", "SubmissionError", "gather", "open_submission"]

_CLASS = re.compile(r"(.+\.(?:py|ipynb)):([A-Za-z_]\w*)", re.DOTALL)
_ZIP_START = b"PK\x03\x04"
_ADVICE = "Give a folder, a .py file, a notebook (.ipynb) or a zip."


@dataclass(frozen=True)
class Submission:
    """A student's work, copied and clean.

    `folder` holds exactly `files`. `module` is the Python file among them, or, where a
    notebook was handed in, the list of its cells (`NAME.cells.json`). `missing` are the
    required files that are not there. `digest` is the sha256 over names and contents,
    `source` the path as it was given.
    """

    folder: Path
    module: Path
    files: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    digest: str
    source: str


@dataclass(frozen=True)
class Gathered:
    """What a student would hand in: bytes by name, required files that are missing, notes.

    `rivals` are notebooks that were written into as the module was: one of them counts.
    """

    files: dict[str, bytes]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Contents:
    """What will be written: file names with bytes, the module's first."""

    files: dict[str, bytes]
    missing: tuple[str, ...]
    notes: tuple[str, ...]


def open_submission(
    path: Path, assignment: Assignment, into: Path, entry: str | None = None
) -> Submission:
    """Copy the files that `assignment` asks for from `path` into the empty folder `into`.

    `entry` says which file is the module when it has another name.
    Raises SubmissionError, in words for the student, when nothing can be graded, and
    FileExistsError when `into` is not empty.
    """
    into.mkdir(parents=True, exist_ok=True)
    into.chmod(0o700)  # others' work lies beside it
    if any(into.iterdir()):
        raise FileExistsError(f"{into} is not empty")
    file = _file(entry)
    with _chosen(path, assignment, file) as (_, choice):
        contents = _read_all(choice, assignment)
    for name, data in contents.files.items():
        (into / name).write_bytes(data)
    return Submission(
        folder=into,
        module=into / next(iter(contents.files)),
        files=tuple(sorted(contents.files)),
        missing=contents.missing,
        notes=contents.notes,
        digest=_digest(contents.files),
        source=clean(str(path), 300),
    )


def gather(path: Path, assignment: Assignment, entry: str | None = None) -> Gathered:
    """Return the files to hand in, byte for byte, under the names that the assignment asks for.

    Raises SubmissionError, in words for the student, where one cannot be read or nothing
    can be graded.
    """
    file = _file(entry)
    stem = assignment.module[:-3]
    with _chosen(path, assignment, file) as (listing, choice):
        first = choice.module
        files = {f"{stem}.ipynb" if first.suffix == ".ipynb" else f"{stem}.py": read(first)}
        for one in choice.files:
            files[one.name] = read(one, TOTAL_LIMIT - sum(map(len, files.values())))
        books = [e.path for e in listing.entries if e.name == f"{assignment.name}.ipynb"]
        rivals = () if file or first.suffix == ".ipynb" else tuple(books)
        return Gathered(files, choice.missing, choice.notes, rivals)


@contextmanager
def _chosen(path: Path, assignment: Assignment, file: str) -> Iterator[tuple[Listing, Choice]]:
    with _listing(path, assignment, file) as listing:
        listing = listing if file else without_given(listing, assignment)
        yield listing, choose(assignment, listing, file or _renamed_module(path, assignment))


def _file(entry: str | None) -> str:
    """Return the file that is named; raises SubmissionError where a class of it is named too."""
    if entry and (found := _CLASS.fullmatch(entry)):
        file, name = clean(found[1], 200), found[2]
        raise SubmissionError(
            f"--entry {file}:{name} names {name} in a file, but only the file may have a name of "
            f"its own: the checks ask for the names in the handout. Rename {name} there, and type: "
            f"--entry {file}"
        )
    return entry or ""


def _listing(path: Path, assignment: Assignment, entry: str) -> AbstractContextManager[Listing]:
    mode = _mode(path)
    if stat.S_ISDIR(mode):
        wanted = {handin.name for handin in assignment.files} | ({entry} if entry else set())
        listing = _without_overlays(path, list_folder(path, wanted))
        files = listing.entries
        alone = len(files) == 1 and files[0].suffix == ".zip"
        return _zip(path / files[0].path) if alone else nullcontext(listing)
    if not stat.S_ISREG(mode):
        raise SubmissionError(f"{shown(path.name)} is a link, a pipe or a device. {_ADVICE}")
    if path.suffix.lower() == ".zip" or (not path.suffix and _starts_as_zip(path)):
        return _zip(path)
    if path.suffix.lower() not in (".py", ".ipynb") and path.name not in _asked(assignment):
        raise SubmissionError(f"{shown(path.name)} cannot be graded. {_ADVICE}")
    return nullcontext(list_file(path))


def _without_overlays(path: Path, listing: Listing) -> Listing:
    """Leave out the known mistakes and other answers that lie in a solution's folder."""
    if not (path / "test_hidden.py").is_file():
        return listing
    own = (e for e in listing.entries if e.path.partition("/")[0] not in ("wrong", "right"))
    return replace(listing, entries=tuple(own))


def _zip(path: Path) -> AbstractContextManager[Listing]:
    from autograder.handin.archive import open_zip

    return open_zip(path)


def _mode(path: Path) -> int:
    """Return the kind of what lies at `path`; a link is a link, whatever it points to."""
    try:
        return os.lstat(path).st_mode
    except (OSError, ValueError) as error:
        raise SubmissionError(
            f"There is no file or folder {shown(str(path))}. {_ADVICE}"
        ) from error


def _starts_as_zip(path: Path) -> bool:
    try:
        with list_file(path).entries[0].open() as stream:
            return stream.read(len(_ZIP_START)) == _ZIP_START
    except OSError:
        return False


def _asked(assignment: Assignment) -> set[str]:
    return {name for h in assignment.files for name in (h.name, *h.instead)}


def _renamed_module(path: Path, assignment: Assignment) -> str:
    """Return the name of a single .py file that can only be the module, else ""."""
    if path.suffix.lower() != ".py" or path.name in _asked(assignment) or path.is_dir():
        return ""
    asked = [handin.name for handin in assignment.files if handin.name.endswith(".py")]
    if len(asked) == 1:
        return path.name
    raise SubmissionError(
        f"{shown(path.name)} could stand for any of {', '.join(asked)}. "
        f"Give it that name, or say that it is {assignment.module}: --entry {shown(path.name)}"
    )


def _read_all(choice: Choice, assignment: Assignment) -> _Contents:
    """Read the chosen files; one that cannot be read is missing, the module is an error."""
    name, data, notes = _read_module(choice.module, assignment.module)
    files, missing = {name: data}, list(choice.missing)
    required = {n: h.name for h in assignment.files if h.required for n in (h.name, *h.instead)}
    for entry in choice.files:
        left = TOTAL_LIMIT - sum(map(len, files.values()))
        try:
            files[entry.name], more = _read_plain(entry, left)
        except SubmissionError as error:
            missing += [required[entry.name]] if entry.name in required else []
            more = (str(error),)
        notes += more
    return _Contents(files, tuple(missing), (*choice.notes, *notes))


def _read_module(entry: Entry, module: str) -> tuple[str, bytes, tuple[str, ...]]:
    """Return the name to write, the bytes and notes: clean source, or a notebook's cells."""
    if entry.suffix == ".ipynb":
        from autograder.handin.notebook import read_notebook

        cells, notes = read_notebook(read(entry), shown(entry.name))
        return f"{module[:-3]}.cells.json", cells, notes
    text, notes = decode(read(entry), shown(entry.name))
    return module, text.encode(), notes


def _read_plain(entry: Entry, left: int) -> tuple[bytes, tuple[str, ...]]:
    data = read(entry, left)
    if entry.suffix == ".py":
        text, notes = decode(data, shown(entry.name))
        return text.encode(), notes
    return data, () if data else (f"{shown(entry.name)} is empty.",)


def _digest(files: dict[str, bytes]) -> str:
    import hashlib

    digest = hashlib.sha256()
    for name, data in sorted(files.items()):
        digest.update(f"{len(name)}:{name}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()
