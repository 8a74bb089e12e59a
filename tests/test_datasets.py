"""The data sets by name: what `load` gives, where it looks, what it says; and the real files."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder import datasets
from autograder.datasets import DataMissing, load, names, places, statistics

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data"
MD5 = {
    "train-images": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels": "a25bea736e30d166cdddb491f175f624",
    "test-images": "2646ac647ad5339dbf082846283269ea",
    "test-labels": "27ae3e4e09519cfbb04c329615203637",
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the user's own cache and data out of every test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.delenv("GRADER_DATA", raising=False)
    return tmp_path


@pytest.mark.parametrize("name", ["shapes", "colour_shapes"])
def test_drawn_sets_are_balanced_and_always_the_same(name: str) -> None:
    for part, count in (("train", 2000), ("test", 500)):
        split, again = load(name, part), load(name, part)
        channels, side = (1, 28) if name == "shapes" else (3, 32)
        assert split.images.shape == (count, channels, side, side)
        assert split.images.dtype == np.uint8 and split.labels.dtype == np.int64
        assert split.images.flags.c_contiguous and not split.images.flags.writeable
        assert len(set(split.classes)) == 10
        assert (np.bincount(split.labels) == count // 10).all()
        assert len(set(split.labels[:100].tolist())) == 10
        assert (split.images == again.images).all() and (split.labels == again.labels).all()
        assert len(np.unique(split.images.reshape(count, -1), axis=0)) == count


@pytest.mark.parametrize("name", ["shapes", "colour_shapes"])
def test_the_figures_of_drawn_sets_are_those_of_their_training_part(name: str) -> None:
    train, test = load(name, "train"), load(name, "test")
    assert (train.mean, train.std) == (test.mean, test.std)
    mean, std = statistics(train)
    assert np.allclose(mean, train.mean, atol=6e-5) and np.allclose(std, train.std, atol=6e-5)
    scaled = train.normalised()
    assert np.allclose(scaled.mean((0, 2, 3)), 0, atol=1e-3)
    assert np.allclose(scaled.std((0, 2, 3)), 1, atol=1e-3)
    assert not set(map(bytes, train.images)) & set(map(bytes, test.images))


def test_drawn_shapes_can_be_told_apart() -> None:
    train, test = load("shapes", "train"), load("shapes", "test")

    def features(images: np.ndarray) -> np.ndarray:
        # The size of the spectrum does not change when a shape moves.
        found = np.abs(np.fft.rfft2(images[:, 0] / 255 - 0.2))[:, :10, :10].reshape(len(images), -1)
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    near = features(test.images) @ features(train.images).T
    right = train.labels[near.argmax(1)] == test.labels
    assert right.mean() > 0.7  # 0.1 is chance


def test_normalised_is_the_formula_on_a_slice() -> None:
    split = load("colour_shapes", "test")
    got = split.normalised(3, 10)
    mean, std = np.array(split.mean)[:, None, None], np.array(split.std)[:, None, None]
    assert got.dtype == np.float32 and got.shape == (7, 3, 32, 32) and got.flags.writeable
    assert np.allclose(got, (split.images[3:10] / 255 - mean) / std, atol=1e-5)
    assert (split.normalised(498) == split.normalised()[498:]).all()
    assert type(got) is np.ndarray


def test_statistics_are_those_of_numpy() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    images = rng.integers(0, 256, (1203, 2, 3, 4), dtype=np.uint8)
    split = datasets.Split("x", "train", images, np.zeros(1203, np.int64), ("a",), (0,), (1,))
    mean, std = statistics(split)
    assert np.allclose(mean, (images / 255).mean((0, 2, 3)), atol=1e-12)
    assert np.allclose(std, (images / 255).std((0, 2, 3)), atol=1e-12)
    none = datasets.Split("x", "train", images[:0], np.zeros(0, np.int64), ("a",), (0,), (1,))
    with pytest.raises(ValueError, match="no images"):
        statistics(none)


def test_places_in_order(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (elsewhere / name for name in "abc")
    ours = elsewhere / "cache" / "graded-descent"
    assert places() == (ours,)
    monkeypatch.setenv("GRADER_DATA", f"{second}{os.pathsep}{os.pathsep}{third}")
    assert places(first) == (first, second, third, ours)
    assert places(third) == (third, second, ours)


@pytest.mark.skipif(sys.platform == "win32", reason="LOCALAPPDATA is used there")
def test_a_relative_cache_folder_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", "/somewhere")
    assert places() == (Path("/somewhere/.cache/graded-descent"),)


@pytest.mark.parametrize("name", ["mnist", "cifar10", "tiny_imagenet"])
def test_what_is_missing_says_where_it_was_looked_for(
    name: str, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_DATA", str(elsewhere / "theirs"))
    with pytest.raises(DataMissing) as caught:
        load(name, "test", elsewhere / "mine")
    text = str(caught.value)
    for wanted in (*map(str, places(elsewhere / "mine")), "http", "--data", "GRADER_DATA", "put"):
        assert wanted in text
    assert text.lower().replace("-", "").replace(" ", "_").startswith(name)


@pytest.mark.parametrize(
    ("name", "part", "says"),
    [("mnits", "test", "mnist, cifar10"), ("", "test", "called"), ("shapes", "val", "'val'")],
)
def test_names_and_parts_that_do_not_exist(name: str, part: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        load(name, part)


def test_the_names() -> None:
    assert names() == ("mnist", "cifar10", "tiny_imagenet", "shapes", "colour_shapes")


def test_loading_needs_no_torch_and_a_drawn_set_no_pillow() -> None:
    code = (
        "import sys; from autograder.datasets import load; load('shapes', 'test');"
        "assert not {'torch', 'PIL', 'tarfile'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("part", ["train", "test"])
def test_the_real_mnist(part: str) -> None:
    if not (REAL / "mnist").is_dir():
        pytest.skip("MNIST is not in ../shared/data")
    split = load("mnist", part, REAL)
    count = 60_000 if part == "train" else 10_000
    pixels = bytes((0, 0, 8, 3)) + np.array([count, 28, 28], ">u4").tobytes()
    digits = bytes((0, 0, 8, 1)) + np.array([count], ">u4").tobytes()
    pixels += split.images.tobytes()
    digits += split.labels.astype(np.uint8).tobytes()
    assert hashlib.md5(pixels).hexdigest() == MD5[f"{part}-images"]
    assert hashlib.md5(digits).hexdigest() == MD5[f"{part}-labels"]
    if part == "train":
        mean, std = statistics(split)
        assert np.allclose([*mean, *std], [*split.mean, *split.std], atol=6e-5)


def test_the_real_cifar_as_jpeg() -> None:
    if not (REAL / "cifar10-jpeg.tar.gz").is_file():
        pytest.skip("the JPEG copy of CIFAR-10 is not in ../shared/data")
    pytest.importorskip("PIL", reason="reading pictures needs Pillow")
    split = load("cifar10", "test", REAL)
    assert split.images.shape == (10_000, 3, 32, 32) and split.images.flags.c_contiguous
    assert (np.bincount(split.labels) == 1000).all()
    assert (np.bincount(split.labels[:1000]) > 70).all()
    # The training part's figures, from the official files: the copy is near, not the same.
    mean, std = statistics(split)
    assert np.allclose(mean, split.mean, atol=0.01) and np.allclose(std, split.std, atol=0.01)
