"""The test images of a data set as files to pack, in the formats that `datasets` reads again."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from autograder.datasets import places

_MNIST = re.compile(r"t10k-(?:images[-.]idx3|labels[-.]idx1)-ubyte(?:\.gz)?")
_SHUFFLED = "cifar10-jpeg.tar"

Packed = tuple[str, bytes]  # a path below the folder of data sets, and what lies there


def test_images(name: str, folder: Path | None = None) -> list[Packed]:
    """Return the files with the test images of a data set; none where it is not here.

    They are looked for where the checks look, `folder` first. Training images stay here.
    Raises DataBroken for an archive that cannot be read.
    """
    looks: dict[str, Callable[[Path], list[Packed]]] = {"mnist": _mnist, "cifar10": _cifar}
    look = looks.get(name)
    found = (look(place) for place in places(folder)) if look else iter(())
    return next((files for files in found if files), [])


def _mnist(place: Path) -> list[Packed]:
    from autograder.datasets.mnist import BASES

    for base in (place / base for base in BASES):
        here = sorted(base.glob("t10k-*")) if base.is_dir() else []
        files = [path for path in here if _MNIST.fullmatch(path.name) and path.is_file()]
        kinds = {path.name.split("-")[1][:6]: path for path in files}
        if len(kinds) == 2:
            return [(f"mnist/{path.name}", path.read_bytes()) for path in kinds.values()]
    return []


def _cifar(place: Path) -> list[Packed]:
    from autograder.datasets.cifar import BINARIES, JPEGS, PICKLES

    for names, pick in ((PICKLES, _batch), (BINARIES, _batch), (JPEGS, _pictures)):
        for source in _sources(place, names):
            if found := list(pick(source)):
                return found
    return []


def _sources(place: Path, names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        for source in (place / name, place / "cifar10" / name):
            is_archive = name.endswith((".gz", ".tar"))
            # Only what is surely the data set is walked through, never the user's whole folder.
            is_folder = source.is_dir() and (name != "." or (source / "test" / "airplane").is_dir())
            if source.is_file() if is_archive else is_folder:
                yield source


def _batch(source: Path) -> Iterator[Packed]:
    """Yield the official file of the test images."""
    from autograder.datasets.archive import members
    from autograder.datasets.cifar import BATCHES, BINARIES, PICKLES

    homes = dict.fromkeys(BATCHES["test"], PICKLES[0])
    homes |= {f"{name}.bin": BINARIES[0] for name in BATCHES["test"]}
    for file in members(source, lambda name: name.name in homes):
        yield f"{homes[file.name.name]}/{file.name.name}", file.data


def _pictures(source: Path) -> Iterator[Packed]:
    """Yield one tar with the pictures of the test part, the same bytes every time."""
    from autograder.datasets.archive import members
    from autograder.datasets.pictures import is_picture

    def wanted(name: PurePosixPath) -> bool:
        return is_picture(name) and len(name.parts) >= 3 and name.parts[-3] == "test"

    found = sorted(members(source, wanted, most=1 << 20))
    if found:
        yield _SHUFFLED, _tar(("/".join(file.name.parts[-3:]), file.data) for file in found)


def _tar(files: Iterator[Packed]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()
