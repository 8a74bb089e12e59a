"""MNIST's idx files: every spelling is read, every damage is named."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.datasets import DataBroken, DataMissing, load
from autograder.datasets.mnist import idx

COUNT = 10_000


def written(array: np.ndarray) -> bytes:
    head = bytes((0, 0, 8, array.ndim)) + np.array(array.shape, ">u4").tobytes()
    return head + array.astype(np.uint8).tobytes()


def pixels() -> np.ndarray:
    rows = np.arange(COUNT, dtype=np.uint32)[:, None] * 7 + np.arange(784, dtype=np.uint32) // 3
    return (rows % 256).astype(np.uint8).reshape(COUNT, 28, 28)


def digits() -> np.ndarray:
    return np.arange(COUNT) * 3 % 10


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {"images": written(pixels()), "labels": written(digits())}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.delenv("GRADER_DATA", raising=False)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.mark.parametrize("base", ["", "mnist", "MNIST/raw"])
@pytest.mark.parametrize("joint", ["-", "."])
@pytest.mark.parametrize("packed", [True, False])
def test_every_spelling(
    place: Path, files: dict[str, bytes], base: str, joint: str, packed: bool
) -> None:
    (place / base).mkdir(parents=True, exist_ok=True)
    for kind, number in (("images", 3), ("labels", 1)):
        data = gzip.compress(files[kind], 1) if packed else files[kind]
        name = f"t10k-{kind}{joint}idx{number}-ubyte{'.gz' if packed else ''}"
        (place / base / name).write_bytes(data)
    split = load("mnist", "test", place)
    assert (split.images[:, 0] == pixels()).all() and (split.labels == digits()).all()
    assert split.classes == tuple("0123456789") and split.images.shape == (COUNT, 1, 28, 28)
    with pytest.raises(DataMissing, match=r"train-images-idx3-ubyte\.gz"):
        load("mnist", "train", place)


def test_a_name_that_says_packed_over_plain_bytes(place: Path, files: dict[str, bytes]) -> None:
    # Browsers unpack what they download and keep its name.
    (place / "t10k-images-idx3-ubyte.gz").write_bytes(files["images"])
    (place / "t10k-labels-idx1-ubyte").write_bytes(gzip.compress(files["labels"]))
    assert (load("mnist", "test", place).labels == digits()).all()


@pytest.mark.parametrize("kind", ["images", "labels"])
def test_one_file_without_the_other(place: Path, files: dict[str, bytes], kind: str) -> None:
    name = {"images": "t10k-images-idx3-ubyte", "labels": "t10k-labels-idx1-ubyte"}[kind]
    (place / name).write_bytes(files[kind])
    with pytest.raises(DataMissing, match=f"{name} is there, but not its"):
        load("mnist", "test", place)


def bomb() -> bytes:
    return gzip.compress(bytes((0, 0, 8, 3)) + bytes(1 << 28), 1)


DAMAGE = {
    "empty": ("images", lambda data: b"", "starts with nothing"),
    "three bytes": ("images", lambda data: data[:3], "starts with 00 00 08:"),
    "no counts": ("images", lambda data: data[:10], "says that it holds nothing"),
    "cut": ("images", lambda data: data[:-1], "ends after 7,840,015 bytes, 7,840,016 were wanted"),
    "cut labels": ("labels", lambda data: data[:-1], "ends after 10,007 bytes"),
    "long": ("images", lambda data: data + b"x", "too long"),
    "floats": ("images", lambda data: b"\0\0\x0d\3" + data[4:], "00 00 0d 03"),
    "labels for images": ("images", lambda data: written(digits()), "00 00 08 01"),
    "train for test": ("labels", lambda data: written(np.zeros(60_000)), "holds 60,000:"),
    "other size": ("images", lambda data: written(np.zeros((COUNT, 32, 32))), "10,000 x 32 x 32"),
    "ten": ("labels", lambda data: data[:-1] + b"\n", "label 9999 is 10, 0 to 9"),
    "html": ("images", lambda data: b"<html>not found</html>", "starts with 3c 68 74 6d"),
    "cut gzip": ("images", lambda data: gzip.compress(data, 1)[:-9], "ends too early"),
    "bad gzip": ("images", lambda data: gzip.compress(data, 1)[:99] + b"x" * 99, "cannot be read"),
    "gzip of nothing": ("labels", lambda data: gzip.compress(b""), "starts with nothing"),
    "gzip start": ("labels", lambda data: b"\x1f\x8b", "ends too early"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_named(place: Path, files: dict[str, bytes], damage: str) -> None:
    kind, change, says = DAMAGE[damage]
    changed = {**files, kind: change(files[kind])}
    (place / "t10k-images-idx3-ubyte").write_bytes(changed["images"])
    (place / "t10k-labels-idx1-ubyte").write_bytes(changed["labels"])
    with pytest.raises(DataBroken) as caught:
        load("mnist", "test", place)
    assert says in str(caught.value) and f"t10k-{kind}-idx" in str(caught.value)


def test_a_bomb_is_not_unpacked(place: Path) -> None:
    (place / "bomb.gz").write_bytes(bomb())
    tracemalloc.start()
    with pytest.raises(DataBroken, match="says that it holds 0 x 0"):
        idx(place / "bomb.gz", (3, 28, 28))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


@settings(deadline=None, database=None, max_examples=60)
@given(
    data=st.one_of(st.binary(max_size=64), st.just(written(np.zeros((2, 3))))),
    place_of=st.integers(0, 20),
    put=st.binary(max_size=3),
    packed=st.booleans(),
)
def test_any_bytes_are_an_array_of_that_shape_or_broken(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, place_of: int, put: bytes, packed: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-ubyte"
    data = data[:place_of] + put + data[place_of + len(put) :]
    path.write_bytes(gzip.compress(data) if packed else data)
    try:
        found = idx(path, (2, 3))
    except DataBroken as broken:
        assert str(path) in str(broken)
        assert data[:12] != written(np.zeros((2, 3)))[:12] or len(data) != 18
    else:
        assert found.shape == (2, 3) and data == written(found)
