"""The data sets by name."""

from __future__ import annotations

from pathlib import Path

from autograder.datasets.places import places
from autograder.datasets.split import PARTS, Split

NAMES = ("mnist", "cifar10", "shapes", "colour_shapes")


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
    if part not in PARTS:
        raise ValueError(f"a data set has the parts train and test, not {part!r}")
    mean: tuple[float, ...]
    std: tuple[float, ...]
    if name == "mnist":
        from autograder.datasets import mnist

        found, mean, std = mnist.read(part, places(folder)), mnist.MEAN, mnist.STD
    elif name == "cifar10":
        from autograder.datasets import cifar

        found, mean, std = cifar.read(part, places(folder)), cifar.MEAN, cifar.STD
    else:
        from autograder.datasets import shapes

        look = shapes.GREY if name == "shapes" else shapes.COLOUR
        found, mean, std = shapes.draw(part, look), shapes.MEANS[look], shapes.STDS[look]
    return Split(name, part, found.images, found.labels, found.classes, mean, std)
