"""Folders, tars and zips of pictures: one result, no link followed, each fault named."""

from __future__ import annotations

import gzip
import io
import os
import struct
import sys
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.datasets import DataBroken, DataMissing, Split, load, load_folder, tiny_imagenet
from autograder.datasets.archive import Capped, members
from autograder.datasets.cache import Decoded
from autograder.datasets.pictures import decode, shuffled

image = pytest.importorskip("PIL.Image", reason="reading pictures needs Pillow")

Files = dict[str, bytes]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.delenv("GRADER_DATA", raising=False)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def picture(
    level: int = 9, size: tuple[int, int] = (5, 4), mode: str = "RGB", kind: str = "PNG"
) -> bytes:
    file = io.BytesIO()
    made = image.new("RGB", size, (level, level // 2, 255 - level))
    made = image.new(mode, size) if mode == "I;16" else made.convert(mode)
    made.save(file, kind)
    return file.getvalue()


def some(mode: str = "RGB") -> Files:
    return {
        f"{part}/{name}/{n}.png": picture(80 * label + 10 * n + start, mode=mode)
        for part, start in (("train", 0), ("test", 5))
        for label, name in enumerate(("cat", "dog", "emu"))
        for n in range(3)
    }


def in_folder(place: Path, files: Files, name: str = "set") -> Path:
    for key, data in files.items():
        (place / name / key).parent.mkdir(parents=True, exist_ok=True)
        (place / name / key).write_bytes(data)
    return place / name


def in_tar(place: Path, files: Files, name: str = "set.tar") -> Path:
    with tarfile.open(place / name, "w:gz" if name.endswith("gz") else "w") as tar:
        for key, data in files.items():
            entry = tarfile.TarInfo(key)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return place / name


def in_tar_gz(place: Path, files: Files) -> Path:
    return in_tar(place, {f"set/{key}": data for key, data in files.items()}, "set.tar.gz")


def in_zip(place: Path, files: Files) -> Path:
    with zipfile.ZipFile(place / "set.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for key, data in reversed(files.items()):
            packed.writestr(key, data)
    return place / "set.zip"


FORMS: list[Callable[[Path, Files], Path]] = [in_folder, in_tar, in_tar_gz, in_zip]


def same(one: Split, other: Split) -> bool:
    arrays = (one.images == other.images).all() and (one.labels == other.labels).all()
    return bool(arrays) and (one.classes, one.mean) == (other.classes, other.mean)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_gives_the_same(place: Path, form: Callable[[Path, Files], Path]) -> None:
    extra = {
        "__MACOSX/train/cat/._0.png": b"x",
        "train/cat/.hidden.png": b"x",
        ".git/train/cat/3.png": b"x",
        "train/cat/notes.txt": b"x",
        "README.md": b"x",
    }
    source = form(place, {**some(), **extra})
    train, test = load_folder(source, "train"), load_folder(source, "test")
    assert train.name == "set" and train.part == "train" and train.classes == ("cat", "dog", "emu")
    assert train.images.shape == (9, 3, 4, 5) and train.images.flags.c_contiguous
    assert sorted(train.labels) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert (train.images[:, 0, 0, 0] // 80 == train.labels).all()
    assert (test.images[:, 0, 0, 0] % 10 == 5).all() and (train.images[:, 0] % 10 == 0).all()
    assert np.allclose(train.mean, (train.images / 255).mean((0, 2, 3)))
    assert np.allclose(train.std, (train.images / 255).std((0, 2, 3)))
    assert (test.mean, test.std, test.classes) == (train.mean, train.std, train.classes)
    assert same(test, load_folder(source, "test"))  # now from the cache
    plain = in_folder(place, some(), "plain")
    assert same(train, load_folder(plain, "train")) and same(test, load_folder(plain, "test"))


def test_nothing_is_extracted(place: Path) -> None:
    source = in_tar_gz(place, some())
    load_folder(source, "test")
    assert list(place.iterdir()) == [source]


@pytest.mark.parametrize("folder", ["val", "valid", "validation"])
def test_other_words_for_test(place: Path, folder: str) -> None:
    files = {name.replace("test/", f"{folder}/"): data for name, data in some().items()}
    assert len(load_folder(in_folder(place, files), "test").labels) == 9


def test_grey_pictures_have_one_channel_and_mixed_ones_three(place: Path) -> None:
    grey = load_folder(in_folder(place, some("L"), "grey"), "train")
    assert grey.images.shape == (9, 1, 4, 5) and len(grey.mean) == 1
    files = some("L") | {"train/cat/0.png": picture()}
    mixed = load_folder(in_folder(place, files, "mixed"), "train")
    assert mixed.images.shape == (9, 3, 4, 5)
    # The training part decides for both.
    assert load_folder(place / "mixed", "test").images.shape == (9, 3, 4, 5)
    files = some("L") | {"test/cat/0.png": picture()}
    source = in_folder(place, files, "late")
    with pytest.raises(DataBroken, match=r"test/cat/0\.png is in colour"):
        load_folder(source, "test")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "1", "LA", "CMYK"])
def test_kinds_of_pictures(kind: str, mode: str) -> None:
    try:
        data = picture(mode=mode, kind=kind)
    except OSError:
        pytest.skip(f"there is no {kind} of type {mode}")
    found = decode(Path("here"), [(PurePosixPath("a.png"), data)])  # type: ignore[list-item]
    assert found.pixels.shape == (1, 1 if mode in ("L", "LA", "1") else 3, 4, 5)


def test_size_brings_pictures_to_one_size(place: Path) -> None:
    files = some() | {"train/cat/0.png": picture(0, (9, 7)), "test/dog/9.jpg": picture(kind="JPEG")}
    source = in_folder(place, files)
    with pytest.raises(DataBroken, match=r"train/cat/.\.png has .* x .* pixels and .* of one size"):
        load_folder(source, "train")
    assert load_folder(source, "train", size=6).images.shape == (9, 3, 6, 6)
    assert load_folder(source, "test", size=3).images.shape == (10, 3, 3, 3)
    with pytest.raises(ValueError, match="1 to 4096"):
        load_folder(source, "test", size=0)


FAULTS: dict[str, tuple[Files, str]] = {
    "empty": ({"train/cat/7.png": b""}, "train/cat/7.png is empty"),
    "noise": ({"train/dog/7.png": b"\x89PNG\r\n\x1a\nnoise"}, "train/dog/7.png is no whole"),
    "text": ({"train/dog/7.jpg": b"<html>"}, "train/dog/7.jpg is no whole picture"),
    "cut": ({"train/dog/7.jpg": picture(1, (64, 64), kind="JPEG")[:-90]}, "7.jpg is no whole"),
    "a gif": ({"train/dog/7.png": picture(kind="GIF")}, "a PNG, JPEG or BMP was wanted"),
    "16 bits": ({"train/dog/7.png": picture(mode="I;16")}, "8 bits each, was wanted"),
    "wide": ({"train/dog/7.png": picture(size=(5000, 4))}, "5000 x 4 pixels, too many"),
    "other size": ({"train/cat/7.png": picture(size=(5, 5))}, "5 x 5"),
    "other class": ({"test/fox/7.png": picture()}, "test/fox/7.png is of 'fox', not a class"),
}


@pytest.mark.parametrize("form", [in_folder, in_tar, in_zip])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_picture_is_named(
    place: Path, fault: str, form: Callable[[Path, Files], Path]
) -> None:
    files, says = FAULTS[fault]
    source = form(place, some() | files)
    with pytest.raises(DataBroken) as caught:
        load_folder(source, "test" if next(iter(files)).startswith("test") else "train")
    assert says in str(caught.value) and str(source) in str(caught.value)


def bomb() -> bytes:
    """Write a PNG of 4 GB of pixels in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99)))


def test_a_picture_that_unpacks_to_gigabytes(place: Path) -> None:
    source = in_folder(place, some() | {"train/cat/7.png": bomb()})
    with pytest.raises(DataBroken, match=r"train/cat/7\.png"):
        load_folder(source, "train")


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "no pictures of classes"),
        ({"cat/1.png": picture()}, "no pictures of classes: train/<class>/<picture>"),
        ({"a/b/train/cat/1.png": picture()}, "no pictures of classes"),
        ({"train/1.png": picture()}, "no pictures of classes"),
        ({"train/cat/1.png": picture()}, "no test part"),
        ({"train/cat/1.png": picture(), "test/cat/1.png": picture(size=(9, 9))}, "of train 4 x 5"),
    ],
)
def test_a_wrong_layout_is_named(place: Path, files: Files, says: str) -> None:
    (place / "set").mkdir()
    with pytest.raises(DataBroken, match=says):
        load_folder(in_folder(place, files), "test")


def test_sources_that_are_none(place: Path) -> None:
    with pytest.raises(DataMissing, match="is not there"):
        load_folder(place / "nowhere", "test")
    (place / "set.rar").write_bytes(b"")
    with pytest.raises(DataBroken, match="neither a folder nor"):
        load_folder(place / "set.rar", "test")
    with pytest.raises(ValueError, match="'val'"):
        load_folder(place, "val")


def linked(kind: bytes, name: str) -> Callable[[Path], Path]:
    def make(place: Path) -> Path:
        source = in_tar(place, some())
        with tarfile.open(source, "a") as tar:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "train/cat/0.png"
            tar.addfile(entry)
        return source

    return make


def linked_zip(place: Path) -> Path:
    source = in_zip(place, some())
    with zipfile.ZipFile(source, "a") as packed:
        entry = zipfile.ZipInfo("train/cat/8.png")
        entry.external_attr = 0o120777 << 16
        packed.writestr(entry, "0.png")
    return source


def linked_file(place: Path) -> Path:
    source = in_folder(place, some())
    (source / "train" / "cat" / "8.png").symlink_to("0.png")
    return source


def linked_folder(place: Path) -> Path:
    source = in_folder(place, some())
    (source / "train" / "fox").symlink_to("cat")
    return source


LINKS = [
    linked(tarfile.SYMTYPE, "train/cat/8.png"),
    linked(tarfile.LNKTYPE, "train/cat/8.png"),
    linked(tarfile.SYMTYPE, "train/fox"),
    linked_zip,
    linked_file,
    linked_folder,
]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
@pytest.mark.parametrize("make", LINKS)
def test_no_link_is_followed(place: Path, make: Callable[[Path], Path]) -> None:
    with pytest.raises(DataBroken, match="is a link, and links are not followed"):
        load_folder(make(place), "train")


@pytest.mark.parametrize("name", ["/train/cat/8.png", "../train/cat/8.png", "train/../../8.png"])
@pytest.mark.parametrize("form", [in_tar, in_zip])
def test_names_that_lead_out(place: Path, form: Callable[[Path, Files], Path], name: str) -> None:
    with pytest.raises(DataBroken, match="leads out of it"):
        load_folder(form(place, some() | {name: picture()}), "train")
    assert not list(place.parent.rglob("8.png"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_what_is_no_file_is_passed_over(place: Path) -> None:
    source = in_folder(place, some())
    os.mkfifo(source / "train" / "cat" / "8.png")
    packed = in_tar(place, some())
    with tarfile.open(packed, "a") as tar:
        for number, kind in enumerate((tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE)):
            entry = tarfile.TarInfo(f"train/cat/9{number}.png")
            entry.type = kind
            tar.addfile(entry)
    assert len(load_folder(source, "train").labels) == 9
    assert len(load_folder(packed, "train").labels) == 9


def encrypted(data: bytes) -> bytes:
    """Set the flag of encryption in every header of a zip."""
    found = bytearray(data)
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = found.find(mark)
        while start >= 0:
            found[start + at] |= 1
            start = found.find(mark, start + 4)
    return bytes(found)


HARM: list[tuple[Callable[[Path, Files], Path], Callable[[bytes], bytes], str]] = [
    (in_tar, lambda data: data[:3000], "cannot be read|ends too early"),
    (in_tar, lambda data: b"", "cannot be read"),
    (in_tar, lambda data: b"x" * 2000, "cannot be read"),
    (in_tar_gz, lambda data: data[: len(data) // 2], "ends too early"),
    (in_tar_gz, lambda data: data[:200] + b"xxxx" + data[204:], "cannot be read"),
    (in_tar_gz, lambda data: b"", "cannot be read"),
    (in_zip, lambda data: data[:-30], "cannot be read"),
    (in_zip, lambda data: data[:50] + b"xxxx" + data[54:], "cannot be read"),
    (in_zip, encrypted, "encrypted"),
]


@pytest.mark.parametrize(("form", "harm", "says"), HARM)
def test_a_damaged_archive(
    place: Path, form: Callable[[Path, Files], Path], harm: Callable[[bytes], bytes], says: str
) -> None:
    source = form(place, some())
    source.write_bytes(harm(source.read_bytes()))
    with pytest.raises(DataBroken, match=says) as caught:
        for part in ("train", "test"):
            load_folder(source, part)
    assert str(source) in str(caught.value)


def test_a_tar_that_unpacks_to_a_lot(place: Path) -> None:
    head = tarfile.TarInfo("train/cat/0.png")
    head.size = 1 << 50
    (place / "set.tar.gz").write_bytes(gzip.compress(head.tobuf() + bytes(1 << 26), 1))
    tracemalloc.start()
    with pytest.raises(DataBroken, match=r"unpacks to more|at most|ends too early"):
        load_folder(place / "set.tar.gz", "train")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


def test_a_tar_whose_header_asks_for_a_lot(place: Path) -> None:
    head = tarfile.TarInfo("x")
    head.type, head.size = tarfile.XHDTYPE, (1 << 33) - 1
    (place / "set.tar").write_bytes(head.tobuf(tarfile.USTAR_FORMAT) + bytes(2048))
    with pytest.raises(DataBroken, match="bytes at once"):
        load_folder(place / "set.tar", "train")


def test_limits_of_one_file_and_of_all(place: Path) -> None:
    source = in_tar_gz(place, some())
    for form in (source, in_zip(place, some()), in_folder(place, some())):
        with pytest.raises(DataBroken, match="at most 20 are read"):
            list(members(form, lambda name: True, most=20))
    capped = Capped(io.BytesIO(bytes(100)), source, most=50)
    assert capped.read(50) == bytes(50)
    with pytest.raises(DataBroken, match="unpacks to more than 50 bytes"):
        capped.read(1)
    with pytest.raises(DataBroken, match="unpacks to more"):
        capped.seek(51)
    with pytest.raises(DataBroken, match="at once"):
        capped.read(-1)


@settings(deadline=None, database=None, max_examples=60)
@given(st.sampled_from(FORMS[1:]), st.data())
def test_any_change_of_a_byte_is_read_or_named(
    tmp_path_factory: pytest.TempPathFactory,
    form: Callable[[Path, Files], Path],
    data: st.DataObject,
) -> None:
    place = tmp_path_factory.getbasetemp()
    source = form(place, {"train/cat/1.png": b"one" * 9, "train/dog/2.png": b"two" * 9})
    whole = bytearray(source.read_bytes())
    at = data.draw(st.integers(0, min(len(whole), 1700) - 1))
    whole[at] = data.draw(st.integers(0, 255))
    source.write_bytes(whole)
    try:
        found = list(members(source, lambda name: True))
    except DataBroken as broken:
        assert str(source) in str(broken)
    else:
        assert all(len(file.data) < 2000 for file in found)


def tiny() -> Files:
    files = {"wnids.txt": b"n02\nn01\n", "test/images/test_0.JPEG": picture(kind="JPEG")}
    files["words.txt"] = b"n01\tgoldfish, Carassius auratus\nn02\ttailed frog, bell toad\nn03\tx\n"
    rows = []
    for label, name in enumerate(("n01", "n02")):
        for n in range(3):
            level = 100 * label + 9 * n
            files[f"train/{name}/images/{name}_{n}.JPEG"] = picture(level, kind="JPEG")
            files[f"val/images/val_{2 * n + label}.JPEG"] = picture(level, kind="JPEG")
            rows.append(f"val_{2 * n + label}.JPEG\t{name}\t0\t0\t9\t9")
        files[f"train/{name}/{name}_boxes.txt"] = b"x"
    return files | {"val/val_annotations.txt": "\n".join(rows).encode()}


@pytest.mark.parametrize("form", FORMS)
def test_the_layout_of_tiny_imagenet(place: Path, form: Callable[[Path, Files], Path]) -> None:
    source = form(place, tiny())
    for part in ("train", "test"):
        split = load_folder(source, part)
        assert split.classes == ("goldfish", "tailed frog") and len(split.labels) == 6
        assert (split.images[:, 0, 0, 0] // 90 == split.labels).all()


def test_tiny_imagenet_without_words_or_with_the_same_word_twice(place: Path) -> None:
    files = tiny()
    files["words.txt"] = b"n01\tcrane, a bird\nn02\tcrane, a machine\n"
    assert load_folder(in_folder(place, files, "same"), "test").classes == ("n01", "n02")
    del files["words.txt"]
    assert load_folder(in_folder(place, files, "none"), "test").classes == ("n01", "n02")


def test_a_picture_without_a_note_is_named(place: Path) -> None:
    source = in_folder(place, tiny() | {"val/images/val_99.JPEG": picture(kind="JPEG")})
    with pytest.raises(DataBroken, match=r"val_99\.JPEG is not in val_annotations\.txt"):
        load_folder(source, "test")


@pytest.mark.parametrize("form", [in_folder, in_zip])
def test_tiny_imagenet_must_be_whole(place: Path, form: Callable[[Path, Files], Path]) -> None:
    source = form(place, tiny())
    source.rename(source.with_name("tiny-imagenet-200" + source.suffix))
    with pytest.raises(DataBroken, match="has 2 classes with 3 to 3 pictures each in its test"):
        load("tiny_imagenet", "test", place)


def test_what_a_whole_tiny_imagenet_is(place: Path) -> None:
    images = np.broadcast_to(np.uint8(0), (10_000, 3, 64, 64))
    labels = np.arange(10_000) % 200
    whole = Decoded(images, labels, tuple(map(str, range(200))))
    assert tiny_imagenet.checked(place, "test", whole) is whole
    for wrong in (
        Decoded(images, labels // 2, whole.classes),
        Decoded(images[..., :32], labels, whole.classes),
        Decoded(images, labels % 199, whole.classes[:199]),
    ):
        with pytest.raises(DataBroken, match=r"50 each were wanted|not \(3, 64, 64\)"):
            tiny_imagenet.checked(place, "test", wrong)
    with pytest.raises(DataBroken, match="500 each were wanted"):
        tiny_imagenet.checked(place, "train", whole)


def test_without_pillow_it_says_what_to_install(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = in_folder(place, some())
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(DataMissing, match="pip install pillow"):
        load_folder(source, "train")


def test_the_fixed_order_is_an_order_and_stays() -> None:
    assert shuffled(10).tolist() == [3, 2, 1, 8, 6, 0, 7, 4, 5, 9]
    assert sorted(shuffled(1000).tolist()) == list(range(1000))
    assert shuffled(0).tolist() == []
