"""What this machine offers, as one block of facts to paste into a question for help."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("numpy", "sympy", "hypothesis", "pytest", "nbformat", "openpyxl", "pillow", "torch")
TORCH = "not installed (only some assignments need it: pip install torch, about 200 MB on CPU)"


def examine(root: Path | None) -> dict[str, str]:
    """Return the facts in the order to show them; probing them imports nothing heavy."""
    from autograder import __version__

    facts = {
        "graded descent": __version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processors": str(os.cpu_count()),
    }
    facts |= {name: _version(name) for name in PACKAGES}
    facts["gpu"] = "an NVIDIA driver answers" if Path("/dev/nvidia0").exists() else "none found"
    facts["data"] = (
        os.environ.get("GRADER_DATA")
        or "no GRADER_DATA set (accuracies on MNIST and CIFAR-10 need it)"
    )
    facts |= isolation()
    facts["assignments"] = _assignments(root)
    return facts


def isolation() -> dict[str, str]:
    """Return each layer that a worker on this machine has, by starting one that gives them up."""
    import tempfile

    from autograder.assignment import Limits
    from autograder.wall.exchange import Exchange
    from autograder.wall.isolation import missing
    from autograder.wall.process import LaunchError

    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder) / "empty.py"
        module.touch()
        exchange = Exchange(module, Limits())
        try:
            layers = exchange.confine()
        except LaunchError as error:
            return {"isolation": f"none: a worker does not start: {error}"}
        finally:
            exchange.close()
    lacks = ", ".join(missing(layers))
    whole = f"not enough for hidden checks: {lacks}" if lacks else "all that hidden checks require"
    return {"isolation": whole} | {f"  {layer}": state for layer, state in layers.items()}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return TORCH if name == "torch" else "not installed"


def _assignments(root: Path | None) -> str:
    from autograder.assignment import names

    return ", ".join(names(root)) if root else "no folder `assignments` here or above"
