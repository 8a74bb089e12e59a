"""Decoded arrays are kept, mapped, made again when damaged, and done without if need be."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from autograder.datasets.cache import Decoded, cached

IMAGES = np.arange(2 * 3 * 4 * 5, dtype=np.uint8).reshape(2, 3, 4, 5)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    (tmp_path / "source").write_text("one")
    return tmp_path


def made() -> Decoded:
    return Decoded(IMAGES.copy(), np.array([1, 0]), ("a", "ü"), (0.25,), (0.5,))


def never() -> Decoded:
    raise AssertionError("it was built again")


def entry(home: Path, ending: str) -> Path:
    (found,) = (home / "cache" / "graded-descent" / "decoded").glob(f"*{ending}")
    return found


def same(found: Decoded) -> bool:
    assert found.images.dtype == np.uint8 and found.labels.dtype == np.int64
    assert not found.images.flags.writeable and not found.labels.flags.writeable
    assert found.images.flags.c_contiguous and type(found.images) is np.ndarray
    rest = (found.classes, found.mean, found.std) == (("a", "ü"), (0.25,), (0.5,))
    return (found.images == IMAGES).all() and found.labels.tolist() == [1, 0] and rest


def test_what_was_built_is_mapped_the_next_time(home: Path) -> None:
    assert same(cached("x", [home / "source"], made))
    again = cached("x", [home / "source"], never)
    assert same(again) and isinstance(again.images.base, np.memmap)


def test_another_question_or_another_state_is_another_entry(home: Path) -> None:
    cached("x", [home / "source"], made)
    with pytest.raises(AssertionError, match="built again"):
        cached("y", [home / "source"], never)
    (home / "source").write_text("other")
    with pytest.raises(AssertionError, match="built again"):
        cached("x", [home / "source"], never)
    cached("x", [home / "source"], made)
    assert same(cached("x", [home / "source"], never))
    entry(home, ".json")  # the earlier state is gone: there is one entry only


def test_a_file_of_the_same_size_but_newer_is_another_state(home: Path) -> None:
    cached("x", [home / "source"], made)
    os.utime(home / "source", (1, 1))
    with pytest.raises(AssertionError, match="built again"):
        cached("x", [home / "source"], never)


def test_a_file_added_deep_in_a_folder_is_another_state(home: Path) -> None:
    (home / "pictures" / "train").mkdir(parents=True)
    cached("x", [home / "pictures"], made)
    assert same(cached("x", [home / "pictures"], never))
    (home / "pictures" / "train" / "one.png").write_bytes(b"")
    with pytest.raises(AssertionError, match="built again"):
        cached("x", [home / "pictures"], never)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def hostile(path: Path) -> None:
    np.save(path, np.array([{}], object), allow_pickle=True)


DAMAGE: list[tuple[str, Callable[[Path], object]]] = [
    *((kind, damage) for kind in ("images.npy", "labels.npy") for damage in (cut, flip, hostile)),
    ("images.npy", lambda path: path.write_bytes(b"")),
    ("images.npy", lambda path: path.write_bytes(b"\x93NUMPY\x01\x00\xff\xff{")),
    ("images.npy", Path.unlink),
    ("json", cut),
    ("json", Path.unlink),
    ("json", lambda path: path.write_text("[" * 100_000)),
    ("json", lambda path: path.write_text("{}")),
    ("json", lambda path: path.write_text("null")),
    ("json", lambda path: path.write_bytes(b"\xff")),
    ("json", lambda path: path.write_text(path.read_text().replace("mean", "main"))),
]


@pytest.mark.parametrize(("ending", "damage"), DAMAGE)
def test_a_damaged_entry_is_built_again(
    home: Path, ending: str, damage: Callable[[Path], object]
) -> None:
    cached("x", [home / "source"], made)
    damage(entry(home, ending))
    with pytest.raises(AssertionError, match="built again"):
        cached("x", [home / "source"], never)
    assert same(cached("x", [home / "source"], made))
    assert same(cached("x", [home / "source"], never))


def test_a_cache_that_cannot_be_written_is_done_without(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "cache").write_text("a file where the folder should be")
    assert same(cached("x", [home / "source"], made))


def test_a_disk_that_is_full_leaves_nothing_behind(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError("no space left on the device")

    monkeypatch.setattr(os, "fsync", full)
    assert same(cached("x", [home / "source"], made))
    assert not list((home / "cache" / "graded-descent" / "decoded").iterdir())


def test_without_a_home_there_is_no_cache(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("LOCALAPPDATA", "")
    monkeypatch.setattr(Path, "home", homeless)
    assert same(cached("x", [home / "source"], made))


def test_what_the_builder_raises_comes_out_and_nothing_is_kept(home: Path) -> None:
    with pytest.raises(AssertionError, match="built again"):
        cached("x", [home / "source"], never)
    assert not (home / "cache" / "graded-descent" / "decoded").exists()


def test_the_name_of_an_entry_is_no_path(home: Path) -> None:
    cached("../../up/x", [home / "source"], made)
    assert json.loads(entry(home, ".json").read_text())["classes"] == ["a", "ü"]


def work(source: Path, rounds: int) -> None:
    for _ in range(rounds):
        assert same(cached("x", [source], made))
        for path in source.parent.glob("cache/*/*/*.json"):
            path.unlink(missing_ok=True)


@pytest.mark.skipif(os.name == "nt", reason="a mapped file cannot be replaced there")
def test_two_processes_may_write_one_entry(home: Path) -> None:
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=work, args=(home / "source", 25)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    assert same(cached("x", [home / "source"], made))
    assert not list((home / "cache").rglob("*.tmp"))
