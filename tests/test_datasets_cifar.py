"""CIFAR-10 in its three forms; a pickle runs nothing, a damaged file is named."""

from __future__ import annotations

import io
import os
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.datasets import DataBroken, load, pickled
from autograder.datasets.cifar import CLASSES, jpegs

BATCH = 10_000


def rows(seed: int) -> np.ndarray:
    picks = np.random.Generator(np.random.PCG64(seed)).integers(0, 256, (100, 3072), dtype=np.uint8)
    return np.tile(picks, (BATCH // 100, 1))


def labels() -> list[int]:
    return [n * 7 % 10 for n in range(BATCH)]


def old_pickle(data: np.ndarray, found: list[int]) -> bytes:
    """Write a batch as Python 2 and its NumPy did: protocol 2, texts as bytes."""

    def text(said: bytes) -> bytes:
        return b"U" + bytes([len(said)]) + said

    def array() -> bytes:
        raw = data.tobytes()
        shape = b"".join(b"J" + size.to_bytes(4, "little") for size in data.shape)
        kind = b"cnumpy\ndtype\n" + text(b"u1") + b"K\0K\1\x87R"
        kind += b"(K\3" + text(b"|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
        start = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85" + text(b"b")
        state = b"(K\1(" + shape + b"t" + kind + b"\x89T" + len(raw).to_bytes(4, "little") + raw
        return start + b"\x87R" + state + b"tb"

    listed = b"](" + b"".join(b"K" + bytes([label]) for label in found) + b"e"
    pairs = text(b"data") + array() + text(b"labels") + listed
    pairs += text(b"batch_label") + text(b"testing batch 1 of 1")
    return b"\x80\2}(" + pairs + b"u."


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.delenv("GRADER_DATA", raising=False)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def tarred(path: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def put(place: Path, name: str, files: dict[str, bytes], packed: bool) -> None:
    if packed:
        tarred(place / f"{name.replace('batches-py', 'python').replace('batches-bin', 'binary')}"
               ".tar.gz", {f"{name}/{key}": data for key, data in files.items()})  # fmt: skip
    else:
        (place / name).mkdir()
        for key, data in files.items():
            (place / name / key).write_bytes(data)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("protocol", ["python 2", 2, 4])
def test_pickles(place: Path, packed: bool, protocol: Any) -> None:
    batch = {b"data": rows(1), b"labels": labels(), b"filenames": [b"x.png"]}
    written = (
        old_pickle(rows(1), labels())
        if protocol == "python 2"
        else pickle.dumps(batch, protocol=protocol)
    )
    put(place, "cifar-10-batches-py", {"test_batch": written, "batches.meta": b""}, packed)
    split = load("cifar10", "test", place)
    assert (split.images.reshape(BATCH, 3072) == rows(1)).all()
    assert split.labels.tolist() == labels() and split.classes == CLASSES
    assert split.mean == (0.4914, 0.4822, 0.4465)


def test_the_training_part_is_five_files_in_order(place: Path) -> None:
    files = {
        f"data_batch_{n}": pickle.dumps({"data": rows(n), "labels": [n] * BATCH}, protocol=4)
        for n in (5, 1, 4, 2, 3)
    }
    put(place, "cifar-10-batches-py", files, packed=False)
    split = load("cifar10", "train", place)
    assert split.images.shape == (50_000, 3, 32, 32)
    assert (split.images[40_000:].reshape(BATCH, -1) == rows(5)).all()
    assert split.labels[::BATCH].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("packed", [True, False])
def test_binaries(place: Path, packed: bool) -> None:
    data = np.concatenate([np.array(labels(), np.uint8)[:, None], rows(2)], axis=1).tobytes()
    put(place, "cifar-10-batches-bin", {"test_batch.bin": data}, packed)
    split = load("cifar10", "test", place)
    assert (split.images.reshape(BATCH, 3072) == rows(2)).all()
    assert split.labels.tolist() == labels()
    with pytest.raises(DataBroken, match=r"lacks data_batch_1\.bin"):
        load("cifar10", "train", place)


class Calls:
    """A pickle of this runs a command when it is loaded the ordinary way."""

    def __init__(self, call: Any, *arguments: Any) -> None:
        self.told = (call, arguments)

    def __reduce__(self) -> Any:
        return self.told


def hostile(mark: Path) -> dict[str, bytes]:
    command = f"echo > {mark}"
    evil = [Calls(os.system, command), Calls(eval, "1"), Calls(open, str(mark), "w")]
    found = {f"call {n}": pickle.dumps({"data": one}) for n, one in enumerate(evil)}
    found["getattr"] = pickle.dumps(Calls(getattr, "", "join"))
    found["dotted"] = b"\x80\x04\x8c\x05numpy\x8c\rndarray.dumps\x93."
    found["numpy load"] = b"cnumpy\nload\n(S'x'\ntR."
    found["our own"] = b"cautograder.datasets.pickled\nread\n(S'x'\ntR."
    found["extension"] = b"\x80\x02\x82\x01."
    found["persistent"] = b"Pid\n."
    found["memo"] = b"\x80\x02Nr\xff\xff\xff\x7f."
    found["huge text"] = b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7fx."
    found["codecs"] = b"c_codecs\nencode\n(S'x'\nS'rot13'\ntR."
    found["state of a name"] = b"cnumpy\nndarray\n}S'a'\nK\1sb."
    found["deep"] = b"(" * 100_000 + b"."
    found["empty"] = b""
    found["text"] = b"<html>"
    found["list"] = pickle.dumps([1])
    return found


@pytest.mark.parametrize("name", hostile(Path("mark")))
def test_a_hostile_pickle_runs_nothing(place: Path, name: str) -> None:
    mark = place / "mark"
    put(place, "cifar-10-batches-py", {"test_batch": hostile(mark)[name]}, packed=False)
    with pytest.raises(DataBroken, match="test_batch is not a batch of CIFAR-10"):
        load("cifar10", "test", place)
    assert not mark.exists()


def test_the_ordinary_way_would_have_run_it(place: Path) -> None:
    pickle.loads(hostile(place / "mark")["call 2"])
    assert (place / "mark").exists()


BATCHES: dict[str, tuple[dict[str, Any], str]] = {
    "cifar-100": ({"data": rows(1), "fine_labels": labels()}, "whole numbers as labels"),
    "no data": ({"labels": labels()}, "no array"),
    "short": ({"data": rows(1)[1:], "labels": labels()}, r"\(9999, 3072\) as data"),
    "floats": ({"data": rows(1)[:5] / 2, "labels": labels()}, "something else than bytes"),
    "fortran": ({"data": np.asfortranarray(rows(1)), "labels": labels()}, "in C order"),
    "few labels": ({"data": rows(1), "labels": labels()[1:]}, "10,000 whole numbers"),
    "texts": ({"data": rows(1), "labels": ["1"] * BATCH}, "10,000 whole numbers"),
    "ten": ({"data": rows(1), "labels": [*labels()[1:], 10]}, "label 9999 is 10, 0 to 9"),
    "huge": ({"data": rows(1), "labels": [10**30, *labels()[1:]]}, "label 0 is"),
    "negative": ({"data": rows(1), "labels": [*labels()[1:], -3]}, "label 9999 is -"),
}


@pytest.mark.parametrize("name", BATCHES)
def test_a_wrong_batch_is_named(place: Path, name: str) -> None:
    batch, says = BATCHES[name]
    put(place, "cifar-10-batches-py", {"test_batch": pickle.dumps(batch)}, packed=False)
    with pytest.raises(DataBroken, match=says) as caught:
        load("cifar10", "test", place)
    assert "cifar-10-batches-py: " in str(caught.value) and "test_batch" in str(caught.value)


@settings(deadline=None, database=None, max_examples=150)
@given(st.binary(max_size=60), st.integers(0, 120), st.integers(0, 4))
def test_any_bytes_are_a_dictionary_or_a_value_error(noise: bytes, at: int, gone: int) -> None:
    whole = old_pickle(np.arange(6, dtype=np.uint8).reshape(2, 3), [1, 2])
    for data in (noise, whole[:at] + noise[:4] + whole[at + gone :]):
        try:
            found = pickled.read(data)
        except ValueError:
            continue
        assert all(type(key) is str for key in found)


def test_a_pickle_round_trip() -> None:
    found = pickled.read(old_pickle(np.arange(6, dtype=np.uint8).reshape(2, 3), [1, 2]))
    assert found["data"].tolist() == [[0, 1, 2], [3, 4, 5]] and found["labels"] == [1, 2]


@pytest.mark.parametrize(("change", "says"), [(-1, "has 30,729,999 bytes"), (1, "30,730,001")])
def test_a_cut_binary(place: Path, change: int, says: str) -> None:
    files = {"test_batch.bin": bytes(BATCH * 3073 + change)}
    put(place, "cifar-10-batches-bin", files, packed=False)
    with pytest.raises(DataBroken, match=says):
        load("cifar10", "test", place)


def test_a_binary_label_out_of_range(place: Path) -> None:
    data = bytearray(BATCH * 3073)
    data[3073 * 5] = 200
    put(place, "cifar-10-batches-bin", {"test_batch.bin": bytes(data)}, packed=False)
    with pytest.raises(DataBroken, match="label 5 is 200"):
        load("cifar10", "test", place)


def picture(level: int, side: int = 32) -> bytes:
    image = pytest.importorskip("PIL.Image", reason="reading pictures needs Pillow")
    file = io.BytesIO()
    image.new("RGB", (side, side), (level, 20, 200 - level)).save(file, "PNG")
    return file.getvalue()


def few(each: int = 3, lead: str = "") -> dict[str, bytes]:
    return {
        f"{lead}{part}/{name}/{n:04}.png": picture(20 * label + n)
        for part in ("train", "test")
        for label, name in enumerate(CLASSES)
        for n in range(each)
    }


def test_pictures_come_in_one_order_from_a_tar_or_a_folder(place: Path) -> None:
    tarred(place / "a.tar.gz", few())
    tarred(place / "b.tar", dict(reversed(few(lead="cifar10/").items())))
    for name, data in few().items():
        (place / "c" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "c" / name).write_bytes(data)
    found = [jpegs("test", place / name, 3) for name in ("a.tar.gz", "b.tar", "c")]
    for one in found:
        assert (one.images == found[0].images).all() and one.images.flags.c_contiguous
        assert one.labels.tolist() == found[0].labels.tolist()
        assert (one.images[:, 0, 0, 0] // 20 == one.labels).all()
    assert found[0].labels.tolist() != sorted(found[0].labels.tolist())


def test_pictures_that_are_too_few_are_named(place: Path) -> None:
    files = few()
    del files["test/deer/0001.png"]
    tarred(place / "cifar10-jpeg.tar.gz", files)
    with pytest.raises(DataBroken, match="has 2 pictures in test/deer, 3 were wanted"):
        jpegs("test", place / "cifar10-jpeg.tar.gz", 3)
    with pytest.raises(DataBroken, match="3 pictures in train/airplane, 5,000 were wanted"):
        load("cifar10", "train", place)


def test_pictures_of_another_class_or_size(place: Path) -> None:
    tarred(place / "class.tar.gz", {**few(), "test/lion/0000.png": picture(1)})
    with pytest.raises(DataBroken, match=r"test/lion/0000\.png is of no class"):
        jpegs("test", place / "class.tar.gz", 3)
    small = {name: picture(1, side=16) for name in few()}
    tarred(place / "size.tar.gz", small)
    with pytest.raises(DataBroken, match=r"pictures of \(3, 16, 16\)"):
        jpegs("test", place / "size.tar.gz", 3)


@pytest.mark.parametrize("where", ["cifar10-jpeg", "cifar10", "."])
def test_an_unpacked_copy_is_found(place: Path, where: str) -> None:
    (place / where / "train" / "airplane").mkdir(parents=True)
    with pytest.raises(DataBroken, match="0 pictures in test/airplane"):
        load("cifar10", "test", place)
