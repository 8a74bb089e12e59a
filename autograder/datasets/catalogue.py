"""The data sets by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from autograder.datasets.places import places
from autograder.datasets.split import PARTS, Split

if TYPE_CHECKING:
    from autograder.datasets.cache import Decoded

NAMES = ("mnist", "cifar10", "tiny_imagenet", "shapes", "colour_shapes")


def names() -> tuple[str, ...]:
    """Return the names that `load` knows."""
    return NAMES


def load(name: str, part: str, folder: Path | None = None) -> Split:
    """Return the part "train" or "test" of a data set, looked for in `folder` first.

    Raises DataMissing where it is not on this machine, DataBroken where its files are
    damaged and ValueError for a name or a part that does not exist.
    """
    if name not in NAMES:
        raise ValueError(f"no data set is called {name!r}: there are {', '.join(NAMES)}")
    _need_part(part)
    found, mean, std = _found(name, part, folder)
    return Split(name, part, found.images, found.labels, found.classes, mean, std)


def load_folder(path: Path, part: str, size: int | None = None) -> Split:
    """Return a part of the pictures in a folder, .tar, .tar.gz, .tgz or .zip.

    They lie in `train/<class>/` and `test/<class>/` (or `val/`), perhaps inside one more
    folder, and have one size, or are resized to `size` x `size`. Classes are sorted by folder,
    pictures come in one fixed shuffled order, and mean and deviation are measured on the
    training part. There is one channel if all training pictures are grey, else three. Raises
    DataMissing, DataBroken and ValueError for a part that does not exist.
    """
    from autograder.datasets import folder

    _need_part(part)
    if size is not None and not 1 <= size <= 4096:
        raise ValueError(f"pictures are resized to 1 to 4096 pixels, not {size}")
    found = folder.read(path, part, size)
    title = path.resolve().name.partition(".")[0]
    return Split(title, part, found.images, found.labels, found.classes, found.mean, found.std)


def _need_part(part: str) -> None:
    if part not in PARTS:
        raise ValueError(f"a data set has the parts train and test, not {part!r}")


def _found(
    name: str, part: str, folder: Path | None
) -> tuple[Decoded, tuple[float, ...], tuple[float, ...]]:
    """Return a part with its mean and deviation; each format is imported only when asked for."""
    if name == "mnist":
        from autograder.datasets import mnist

        return mnist.read(part, places(folder)), mnist.MEAN, mnist.STD
    if name == "cifar10":
        from autograder.datasets import cifar

        return cifar.read(part, places(folder)), cifar.MEAN, cifar.STD
    if name == "tiny_imagenet":
        from autograder.datasets import tiny_imagenet

        return tiny_imagenet.read(part, places(folder)), tiny_imagenet.MEAN, tiny_imagenet.STD
    from autograder.datasets import shapes

    look = shapes.GREY if name == "shapes" else shapes.COLOUR
    return shapes.draw(part, look), shapes.MEANS[look], shapes.STDS[look]
