"""The cell of a released notebook that prepares Google Colab, run as it runs there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat

from autograder.assignment import load
from autograder.release.members import pack
from autograder.release.notebook import COLAB, notebook
from autograder.release.student import release

ROOT = Path(__file__).resolve().parents[1]

# As on Colab: the cell runs, runs again, and once more after a restart and some work.
COLAB_DAY = """
set_up("counting", "notebook")
set_up("counting", "notebook")
open("counting.py", "w").write("mine")
os.chdir("../../..")
set_up("counting", "notebook")
print(os.getcwd(), open("counting.py").read())
"""


def colab(folder: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Live a day on Colab with pip writing into `target`."""
    code = "import os, sys\nsys.modules['google.colab'] = sys\n"
    code += COLAB.read_text(encoding="utf-8") + COLAB_DAY
    pip = {"PIP_TARGET": str(target), "PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1"}
    pip |= {"PIP_UPGRADE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **pip}, capture_output=True, text=True
    )


def test_on_colab_the_release_is_unpacked_once_and_installed(tmp_path: Path) -> None:
    home, target = tmp_path / "content", tmp_path / "installed"
    home.mkdir()
    missing = colab(home, target)
    assert missing.returncode == 1 and "counting.zip is not here yet" in missing.stderr
    pack(release(load("counting", ROOT), {}), home / "counting.zip")
    done = colab(home, target)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(home / "counting" / "assignments" / "counting"), "mine"]
    assert (target / "autograder" / "release" / "course" / "colab.py").is_file()


def test_elsewhere_the_setup_cell_does_nothing_and_leaves_no_name() -> None:
    book = nbformat.reads(notebook(load("counting", ROOT)).decode(), 4)
    source = next(cell.source for cell in book.cells if cell.id == "setup")
    names: dict[str, Any] = {}
    exec(source, names)
    assert set(names) == {"__builtins__"}
