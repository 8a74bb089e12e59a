"""A solution of several files: its own modules are found while it is imported, then forgotten."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from autograder.checks.run import GraderError, load_module


def write(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, source in files.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return folder / "main.py"


def test_files_beside_are_found_and_forgotten(tmp_path: Path) -> None:
    one = write(tmp_path / "one", main="from beside_it import X\n", beside_it="X = 1\n")
    two = write(tmp_path / "two", main="from beside_it import X\n", beside_it="X = 2\n")
    path = list(sys.path)
    assert load_module(one, "reference_one", beside=True).X == 1
    assert load_module(two, "reference_two", beside=True).X == 2
    assert "beside_it" not in sys.modules and sys.path == path


def test_a_module_of_that_name_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ModuleType("beside_it")
    monkeypatch.setitem(sys.modules, "beside_it", other)
    main = write(tmp_path / "one", main="from beside_it import X\n", beside_it="X = 1\n")
    assert load_module(main, "reference", beside=True).X == 1
    assert sys.modules["beside_it"] is other


@pytest.mark.parametrize("beside", [False, True])
def test_what_cannot_be_imported_is_ours_to_mend(tmp_path: Path, beside: bool) -> None:
    source = "from beside_it import Y\n" if beside else "from beside_it import X\n"
    main = write(tmp_path / "one", main=source, beside_it="X = 1\n")
    path = list(sys.path)
    with pytest.raises(GraderError, match=r"main\.py: (ImportError|ModuleNotFoundError)"):
        load_module(main, "reference", beside=beside)
    assert "beside_it" not in sys.modules and sys.path == path
