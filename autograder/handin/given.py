"""A student gets a module and a notebook, and writes into one of them: which one counts."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

from autograder.assignment import Assignment
from autograder.handin.entries import Entry, Listing, SubmissionError, read

KEPT = ".original"


def without_given(listing: Listing, assignment: Assignment) -> Listing:
    """Leave out the notebook that is still as it was given, or else such a module.

    Where both were changed, or neither original is known, both stay in the list.
    """
    book, module = f"{assignment.name}.ipynb", assignment.module
    books = [entry for entry in listing.entries if entry.name == book]
    modules = [entry for entry in listing.entries if entry.name == module]
    kept = _originals(assignment)
    if len(books) != 1 or len(modules) != 1:
        return listing
    # Of several modules, each is a file of its own: the notebook only calls them.
    if sum(handin.name.endswith(".py") for handin in assignment.files) > 1:
        return _without(listing, books[0])
    if _same(books[0], kept / book):
        return _without(listing, books[0])
    known = (kept / book).is_file() or assignment.solution is not None
    if known and _same(modules[0], kept / module):
        return _without(listing, modules[0])
    return listing


def as_given(assignment: Assignment, name: str, data: bytes) -> bool:
    """Tell whether a file to hand in holds nothing but what was given out under its name."""
    stem = assignment.module[:-3]
    own = f"{assignment.name}.ipynb" if name == f"{stem}.ipynb" else name
    original = assignment.folder / KEPT / own
    if not original.is_file() or not name.endswith((".py", ".ipynb")):
        return False
    return _same(Entry(name, len(data), lambda: BytesIO(data)), original)


def _originals(assignment: Assignment) -> Path:
    """Return where the files lie as given out: beside the solution, in the public folder itself."""
    kept = assignment.folder / KEPT
    return kept if kept.is_dir() or assignment.solution is None else assignment.folder


def _without(listing: Listing, left_out: Entry) -> Listing:
    return replace(listing, entries=tuple(e for e in listing.entries if e is not left_out))


def _same(entry: Entry, original: Path) -> bool:
    """Tell whether a file says what the original says: editors and notebooks write files anew."""
    if not original.is_file():
        return False
    says = _cells if entry.suffix == ".ipynb" else _lines
    try:
        return says(read(entry)) == says(original.read_bytes())
    except SubmissionError:
        return False


def _cells(notebook: bytes) -> list[bytes]:
    """Return the code of a notebook."""
    from autograder.handin.notebook import read_notebook

    return [read_notebook(notebook, "notebook")[0]]


def _lines(source: bytes) -> list[bytes]:
    """Return the lines that say something, without what editors strip and add at their ends."""
    lines = (line.rstrip() for line in source.removeprefix(b"\xef\xbb\xbf").splitlines())
    return [line for line in lines if line and not line.lstrip().startswith(b"#")]
