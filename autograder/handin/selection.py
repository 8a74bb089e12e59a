"""Which file of a submission stands for which hand-in. Nothing is guessed silently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autograder.assignment import Assignment, Handin
from autograder.handin.entries import Entry, Listing, SubmissionError, listed, shown

Entries = tuple[Entry, ...]
# What comes with an assignment or a project: nobody means it as an answer.
_COMPANIONS = frozenset(
    {"assignment.toml", "test_public.py", "test_hidden.py", "pyproject.toml", "requirements.txt"}
    | {"curves.svg", "weights.safetensors.bak", "training.json.bak"}
)
_NOTEBOOK = ".ipynb"
# The share of equal letters from which a name counts as a slip of another one.
_ALIKE = 0.6


@dataclass(frozen=True)
class Choice:
    """The module's file, those of the other hand-ins, required ones missing, and notes."""

    module: Entry
    files: Entries
    missing: tuple[str, ...]
    notes: tuple[str, ...]


def choose(assignment: Assignment, listing: Listing, entry: str = "") -> Choice:
    """Return the file for each hand-in of `assignment`; `entry` names the module's file.

    Raises SubmissionError when there is no module, or several files for one hand-in.
    """
    entries = listing.entries
    module_handin = next(h for h in assignment.files if h.name == assignment.module)
    rest = [handin for handin in assignment.files if handin is not module_handin]
    others = _others(assignment, entries)
    module = _named(entry, entries) if entry else _exact(module_handin, entries)
    module = module or _notebook(module_handin.name, others)
    if module is None:
        raise SubmissionError(" ".join((_no_module(module_handin.name, others), *listing.notes)))
    others = tuple(entry for entry in others if entry is not module)
    found = [(handin, _exact(handin, entries)) for handin in rest]
    notes = [*_about_module(module_handin, module, entries, others)]
    for handin, file in found:
        notes += _about_file(handin, file, entries, others)
    unused = [entry for entry in others if entry.suffix != _NOTEBOOK]
    return Choice(
        module=module,
        files=tuple(file for _, file in found if file),
        missing=tuple(h.name for h, file in found if h.required and not file),
        notes=(*notes, *_unused(unused, assignment), *listing.notes),
    )


def _others(assignment: Assignment, entries: Entries) -> Entries:
    """Return the files that nobody asked for and that did not come with the assignment."""
    asked = {name for handin in assignment.files for name in _names(handin)}
    return tuple(
        entry
        for entry in entries
        if entry.name not in asked
        and entry.name not in _COMPANIONS
        and not _is_notebook_check(entry, assignment)
        and not entry.name.lower().startswith(("readme", "license"))
    )


def _is_notebook_check(entry: Entry, assignment: Assignment) -> bool:
    """Tell whether this is `tests/q1.py`, which a released notebook reads."""
    paths = [f"tests/{question.id}.py" for question in assignment.questions]
    return any(f"/{entry.path}".endswith(f"/{path}") for path in paths)


def _names(handin: Handin) -> tuple[str, ...]:
    return (handin.name, *handin.instead)


def _exact(handin: Handin, entries: Entries) -> Entry | None:
    """Return the uppermost file that has the first of the names there is."""
    for name in _names(handin):
        same = [entry for entry in entries if entry.name == name]
        top = [entry for entry in same if entry.depth == min(e.depth for e in same)]
        if len(top) > 1:
            raise SubmissionError(
                f"{name} is here more than once: {listed([e.path for e in top])}. "
                "Hand in only the one that counts."
            )
        if top:
            return top[0]
    return None


def _named(path: str, entries: Entries) -> Entry:
    """Return the one file that `--entry` names, by its name or the end of its path."""
    wanted = "/" + path.replace("\\", "/").removeprefix("./").lstrip("/")
    same = [entry for entry in entries if f"/{entry.path}".endswith(wanted)]
    fits = [entry for entry in same if entry.suffix in (".py", _NOTEBOOK)]
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise SubmissionError(
            f"--entry {shown(path)} fits several files: {listed([e.path for e in fits])}. "
            "Give more of the path."
        )
    if same:
        raise SubmissionError(f"--entry {shown(path)} is neither a .py file nor a notebook.")
    found = _found_instead(path.rpartition("/")[2], entries)
    raise SubmissionError(f"--entry {shown(path)}: there is no such file. {found}")


def _notebook(module: str, others: Entries) -> Entry | None:
    """Return the notebook of the module's name, or the only one where no .py looks alike."""
    books = tuple(entry for entry in others if entry.suffix == _NOTEBOOK)
    same = _exact(Handin(f"{module[:-3]}{_NOTEBOOK}"), books)
    alone = len(books) == 1 and not any(_alike(module, e.name) for e in others)
    return same or (books[0] if alone else None)


def _alike(name: str, other: str) -> bool:
    """Return whether `other` is `name` with a slip: `BN.PY`, `bn (1).py`, `my_bn.py`."""
    stem, dot, suffix = name.lower().rpartition(".")
    other_stem, _, other_suffix = other.lower()[:80].rpartition(".")
    if suffix != other_suffix or not dot:
        return False
    return stem in other_stem or _ratio(stem, other_stem) >= _ALIKE


def _ratio(one: str, other: str) -> float:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, other).ratio()


def _no_module(module: str, others: Entries) -> str:
    advice = f"Rename your file to {module}, or name it: --entry FILE." if others else ""
    return f"{module} is missing. {_found_instead(module, others)} {advice}".rstrip()


def _found_instead(name: str, entries: Entries) -> str:
    """Return what is there, the likeliest first."""

    def unlikely(entry: Entry) -> tuple[bool, bool, bool, int, str]:
        same_kind = entry.suffix == f".{name.rpartition('.')[2].lower()}"
        alike = _alike(name, entry.name)
        return (not alike, not same_kind, entry.suffix != _NOTEBOOK, entry.depth, entry.path)

    names = [entry.path for entry in sorted(entries, key=unlikely)]
    return f"Found instead: {listed(names)}." if names else "Nothing else was handed in."


def _about_module(
    handin: Handin, module: Entry, entries: Entries, others: Entries
) -> Iterator[str]:
    if module.name not in _names(handin):
        yield f"{shown(module.path)} is graded as {handin.name}."
    passed = [e for e in entries if e is not module and e.name in _names(handin)]
    if module.suffix != _NOTEBOOK:
        passed += [e for e in others if e.suffix == _NOTEBOOK]
    if passed:
        names = listed([entry.path for entry in passed])
        yield f"{shown(module.path)} is graded, not {names} (--entry FILE changes that)."


def _about_file(
    handin: Handin, file: Entry | None, entries: Entries, others: Entries
) -> Iterator[str]:
    if file:
        passed = [e.path for e in entries if e is not file and e.name in _names(handin)]
        if passed:
            yield f"{shown(file.path)} is read, not {listed(passed)}."
        return
    alike = tuple(e for e in others if any(_alike(name, e.name) for name in _names(handin)))
    if handin.required:
        there = alike or others
        names = (
            f"{handin.name} (or {listed(list(handin.instead))})" if handin.instead else handin.name
        )
        instead = f" {_found_instead(handin.name, there)}" if there else ""
        yield f"{names} is missing.{instead}"
    elif alike:
        yield f"{handin.name} is not here. {_found_instead(handin.name, alike)}"


def _unused(unused: list[Entry], assignment: Assignment) -> Iterator[str]:
    if unused:
        ranked = sorted(unused, key=lambda e: (e.suffix != ".py", e.depth, e.path))
        asked = ", ".join(handin.name for handin in assignment.files)
        yield f"Not used: {listed([e.path for e in ranked])}. Asked for: {asked}."
