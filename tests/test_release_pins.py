"""What the image installs is pinned for each Python, and only test images go along."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from autograder.release import pins
from autograder.release.pixels import test_images as images

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No data set of this machine is found."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.delenv("GRADER_DATA", raising=False)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("torch", [False, True])
def test_every_version_is_pinned_for_every_python(python: str, torch: bool) -> None:
    lists = pins.requirements(ROOT / "constraints.txt", python, "toolkit.whl", torch)
    lines = lists["requirements.txt"].splitlines()
    assert lines[-1] == "./toolkit.whl" and lines[1] == "-c constraints.txt"
    options = [line for line in lines if line.startswith("--")]
    assert options == [f"--extra-index-url {pins.CPU_INDEX}"] * torch
    wanted = {r.name: r for r in map(Requirement, (ln for ln in lines if ln[0].isalnum()))}
    assert {"numpy", "sympy", "hypothesis", "click", "rich"} <= wanted.keys()
    assert ("torch" in wanted, "safetensors" in wanted) == (torch, torch)
    assert ("tomli" in wanted) == (python == "3.10")
    assert not {"otter-grader", "mypy", "ruff", "sqlalchemy", "playwright"} & wanted.keys()
    known = pins.read(ROOT / "constraints.txt", python)
    for name, requirement in wanted.items():
        if name in known and name != "torch":
            assert str(requirement) == f"{name}=={known[name]}"
        assert requirement.marker is None
    assert {name for name in wanted if name not in known} == set()
    if torch:
        assert str(wanted["torch"]) == f"torch=={known['torch']}+cpu"
    fixed = lists["constraints.txt"].splitlines()
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+", line) for line in fixed)
    assert not [line for line in fixed if line.startswith("torch==")]


def test_numpy_of_the_oldest_python_is_one_that_has_it() -> None:
    oldest, newest = (pins.read(ROOT / "constraints.txt", python) for python in ("3.10", "3.13"))
    assert oldest["numpy"] != newest["numpy"]


@settings(derandomize=True, deadline=None, database=None)
@given(text=st.text(max_size=80))
def test_any_text_as_constraints_is_read_or_refused_by_name(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("pins") / "constraints.txt"
    file.write_text(text, encoding="utf-8", newline="")
    try:
        found = pins.read(file, "3.12")
    except pins.UnknownPin as error:
        assert "constraints.txt" in str(error)
    else:
        assert all(name and version for name, version in found.items())


def test_what_pip_freeze_wrote_will_do(tmp_path: Path) -> None:
    frozen = "graded-descent @ file:///a/b.whl\nnumpy==2.4.6\ntorch==2.13.0+cpu\n"
    (tmp_path / "constraints.txt").write_text(frozen)
    lists = pins.requirements(tmp_path / "constraints.txt", "3.12", "toolkit.whl", True)
    assert "torch==2.13.0+cpu\n" in lists["requirements.txt"]
    assert lists["constraints.txt"] == "numpy==2.4.6\n"
    with pytest.raises(pins.UnknownPin, match=r"Make one in the folder of grade\.py: .* freeze"):
        pins.read(tmp_path / "none.txt", "3.12")


def lay_mnist(place: Path) -> None:
    place.mkdir(parents=True)
    for stem in ("train", "t10k"):
        for kind in ("images-idx3", "labels-idx1"):
            (place / f"{stem}-{kind}-ubyte.gz").write_bytes(gzip.compress(stem.encode(), mtime=0))


def test_test_images_go_along_and_training_images_stay(tmp_path: Path) -> None:
    lay_mnist(tmp_path / "data" / "mnist")
    found = images("mnist", tmp_path / "data")
    kinds = ("images-idx3", "labels-idx1")
    assert [path for path, _ in found] == [f"mnist/t10k-{kind}-ubyte.gz" for kind in kinds]
    (tmp_path / "data/mnist/t10k-labels-idx1-ubyte.gz").unlink()
    assert images("mnist", tmp_path / "data") == []


@pytest.mark.parametrize("name", ["cifar-10-batches-py", "cifar-10-batches-bin"])
def test_of_the_official_files_only_the_test_batch_goes(tmp_path: Path, name: str) -> None:
    ending = ".bin" if name.endswith("bin") else ""
    (tmp_path / name).mkdir()
    for batch in ("data_batch_1", "test_batch"):
        (tmp_path / name / f"{batch}{ending}").write_bytes(batch.encode())
    assert images("cifar10", tmp_path) == [(f"{name}/test_batch{ending}", b"test_batch")]


def test_pictures_go_as_one_tar_of_the_same_bytes(tmp_path: Path) -> None:
    names = [f"{part}/cat/{n}.jpg" for part in ("test", "train") for n in (1, 0)]
    for order, ending in ((names, ""), (names[::-1], ".gz")):
        place = tmp_path / (ending or "plain")
        place.mkdir()
        with tarfile.open(place / f"cifar10-jpeg.tar{ending}", f"w:{ending[1:]}") as tar:
            for name in order:
                entry = tarfile.TarInfo(f"cifar10/{name}")
                entry.size, entry.mtime = len(name), order.index(name)
                tar.addfile(entry, io.BytesIO(name.encode()))
    (first,), (second,) = (images("cifar10", tmp_path / end) for end in ("plain", ".gz"))
    assert first == second and first[0] == "cifar10-jpeg.tar"
    with tarfile.open(fileobj=io.BytesIO(first[1])) as tar:
        assert tar.getnames() == ["test/cat/0.jpg", "test/cat/1.jpg"]


def test_a_folder_of_other_things_is_not_walked_for_images(tmp_path: Path) -> None:
    (tmp_path / "test" / "holiday").mkdir(parents=True)
    (tmp_path / "test" / "holiday" / "me.jpg").write_bytes(b"private")
    assert images("cifar10", tmp_path) == []
