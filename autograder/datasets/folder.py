"""Pictures sorted into folders, one for each class, in a folder, a tar or a zip.

The layout is `train/<class>/<picture>` and the same for `test` or `val`; Tiny ImageNet's
`train/<class>/images/<picture>` and `val/images` with `val_annotations.txt` is read as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from autograder.datasets.archive import ENDINGS, Member, members
from autograder.datasets.cache import Decoded, cached
from autograder.datasets.pictures import decode, is_picture
from autograder.datasets.split import DataBroken, DataMissing, moments

HELD_OUT = ("test", "val", "valid", "validation")
NOTES = "val_annotations.txt"
WORDS = "words.txt"  # of WordNet: what a class is called, by its folder
WANTED = "train/<class>/<picture> and test/<class>/<picture> were wanted"


@dataclass(frozen=True)
class Layout:
    """What lies where: the classes, the folder of the test part, and its labels by file.

    `titles` are what the classes are called, where that is not the name of their folder.
    """

    classes: tuple[str, ...]
    titles: tuple[str, ...]
    test: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def read(source: Path, part: str, size: int | None = None) -> Decoded:
    """Return a part of the pictures, mean and deviation being those of the training part.

    Raises DataMissing where nothing is there and DataBroken for what cannot be used.
    """
    if not source.exists():
        raise DataMissing(f"{source} is not there: name a folder, tar or zip of pictures")
    if not source.is_dir() and not source.name.lower().endswith(ENDINGS):
        raise DataBroken(f"{source} is neither a folder nor one of {', '.join(ENDINGS)}")
    what = f"folder-{part}-{size or 'as-is'}"
    return cached(what, (source,), partial(_decode, source, part, size))


def survey(source: Path) -> Layout:
    """Return what lies where in a source; raises DataBroken."""
    classes: set[str] = set()
    held_out: set[str] = set()

    def note(name: PurePosixPath) -> bool:
        found = _place(name)
        if found and found[0] == "train":
            classes.add(found[1])
        elif found:
            held_out.add(found[0])
        return name.name in (NOTES, WORDS)

    texts = {file.name.name: file.data.decode("utf-8", "replace") for file in members(source, note)}
    if not classes:
        raise DataBroken(f"{source} holds no pictures of classes: {WANTED}")
    test = next((name for name in HELD_OUT if name in held_out), "")
    labels = _columns(texts.get(NOTES, ""))
    words = _columns(texts.get(WORDS, ""))
    titles = [words.get(name, name).partition(",")[0].strip() for name in sorted(classes)]
    plain = tuple(sorted(classes))
    named = tuple(titles) if len(set(titles)) == len(titles) else plain
    return Layout(plain, named, "val" if labels else test, labels)


def _columns(text: str) -> dict[str, str]:
    """Return the second column of a text with tabs, by the first."""
    rows = (line.split("\t") for line in text.splitlines())
    return {row[0]: row[1] for row in rows if len(row) > 1}


def _place(name: PurePosixPath) -> tuple[str, str] | None:
    """Return part and class of `[folder/]part/class/[images/]picture`; nothing for the rest."""
    parts = name.parts
    known = ("train", *HELD_OUT)
    start = next((n for n, part in enumerate(parts[:2]) if part in known), None)
    if start is None or not is_picture(name):
        return None
    rest = parts[start + 1 :]
    fits = len(rest) == 2 or (len(rest) == 3 and rest[1] == "images")
    return (parts[start], rest[0]) if fits else None


def _decode(source: Path, part: str, size: int | None) -> Decoded:
    layout = survey(source)
    folder = "train" if part == "train" else layout.test
    if not folder:
        raise DataBroken(f"{source} holds no test part: {WANTED}")
    train = None if part == "train" else read(source, "train", size)
    channels = train.images.shape[1] if train else None
    found = decode(source, _files(source, folder, layout), size, channels)
    labels = np.array([layout.classes.index(_label(n, layout)) for n in found.names], np.int64)
    if train is None:
        return Decoded(found.pixels, labels, layout.titles, *moments(found.pixels))
    if found.pixels.shape[1:] != train.images.shape[1:]:
        sizes = [" x ".join(map(str, a.shape[2:])) for a in (found.pixels, train.images)]
        raise DataBroken(f"{source}: pictures of {folder} are {sizes[0]}, of train {sizes[1]}")
    return Decoded(found.pixels, labels, layout.titles, train.mean, train.std)


def _files(source: Path, folder: str, layout: Layout) -> Iterator[Member]:
    """Yield the pictures of a part; raises DataBroken for one of no class."""

    def wanted(name: PurePosixPath) -> bool:
        found = _place(name)
        return found is not None and found[0] == folder

    for file in members(source, wanted):
        label = _label(file.name, layout)
        if label not in layout.classes:
            seen = f"is of {label!r}" if label else f"is not in {NOTES}"
            raise DataBroken(f"{source}: {file.name} {seen}, not a class of the training part")
        yield file


def _label(name: PurePosixPath, layout: Layout) -> str:
    folder, label = _place(name) or ("", "")
    return layout.labels.get(name.name, "") if layout.labels and folder == "val" else label
