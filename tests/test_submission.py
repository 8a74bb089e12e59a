"""What a student really hands in becomes a clean folder, or one sentence that says why not."""

from __future__ import annotations

import io
import json
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.assignment import Assignment, Handin, Question
from autograder.handin import archive, entries, folder
from autograder.report import clean
from autograder.submission import Submission, SubmissionError, open_submission

SOURCE = b"def f():\n    return 1\n"
ONE_FILE = (Handin("bn.py"),)
TWO_FILES = (Handin("bn.py"), Handin("table.csv", ("table.xlsx",)))


def assignment(files: tuple[Handin, ...] = ONE_FILE) -> Assignment:
    questions = (Question("q1", "one", 1),)
    return Assignment("bn", "BN", Path("nowhere"), None, "bn.py", files, questions)


def lay_out(root: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def zip_of(root: Path, files: dict[str, bytes], name: str = "work.zip") -> Path:
    with zipfile.ZipFile(root / name, "w", zipfile.ZIP_DEFLATED) as target:
        for inside, data in files.items():
            target.writestr(inside, data)
    return root / name


def notebook(*sources: str) -> bytes:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"nbformat": 4, "cells": cells}).encode()


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Submission]:
    def take(
        path: Path, files: tuple[Handin, ...] = ONE_FILE, entry: str | None = None
    ) -> Submission:
        return open_submission(path, assignment(files), tmp_path / "into", entry)

    return take


Take = Callable[..., Submission]


# ---------------------------------------------------------------- folders


def test_a_folder_gives_exactly_the_files_asked_for(tmp_path: Path, take: Take) -> None:
    work = lay_out(tmp_path / "work", {"bn.py": SOURCE, "table.csv": b"1,2\r\n", "numpy.py": b"x"})
    found = take(work, TWO_FILES)
    assert found.files == ("bn.py", "table.csv")
    assert sorted(os.listdir(found.folder)) == ["bn.py", "table.csv"]
    assert found.module == found.folder / "bn.py"
    assert found.module.read_bytes() == SOURCE
    assert (found.folder / "table.csv").read_bytes() == b"1,2\r\n"
    assert found.missing == ()
    assert found.notes == ("Not used: numpy.py. Asked for: bn.py, table.csv.",)
    assert found.source == str(work)


@pytest.mark.parametrize("inside", ["work/bn.py", "a/b c/d/bn.py", "Übung 1/bn.py"])
@pytest.mark.parametrize("packed", [False, True])
def test_folders_too_many_are_no_matter(
    tmp_path: Path, take: Take, inside: str, packed: bool
) -> None:
    files = {inside: SOURCE, "readme.txt": b""}
    work = zip_of(tmp_path, files) if packed else lay_out(tmp_path / "work", files)
    found = take(work)
    assert found.module.read_bytes() == SOURCE
    assert found.notes == ()


@pytest.mark.parametrize("packed", [False, True])
def test_what_tools_leave_behind_is_neither_graded_nor_told(
    tmp_path: Path, take: Take, packed: bool
) -> None:
    litter = (
        "__MACOSX/bn.py",
        "__MACOSX/._bn.py",
        ".ipynb_checkpoints/bn.py",
        ".ipynb_checkpoints/bn-checkpoint.ipynb",
        "__pycache__/bn.cpython-311.pyc",
        ".git/bn.py",
        ".venv/bn.py",
        "node_modules/bn.py",
        ".DS_Store",
        "Thumbs.db",
        "README.md",
        "test_public.py",
        "assignment.toml",
    )
    files = {"work/bn.py": SOURCE, **{f"work/{name}": b"raise" for name in litter}}
    work = zip_of(tmp_path, files) if packed else lay_out(tmp_path / "work", files)
    found = take(work)
    assert found.module.read_bytes() == SOURCE
    assert found.notes == ()


def test_a_virtual_environment_is_not_searched(tmp_path: Path, take: Take) -> None:
    files = {"a/bn.py": SOURCE, "env/pyvenv.cfg": b"", "env/lib/bn.py": b"", "env/bn.py": b""}
    assert take(lay_out(tmp_path / "work", files)).module.read_bytes() == SOURCE


@pytest.mark.parametrize("packed", [False, True])
def test_the_upper_file_wins_and_the_others_are_told(
    tmp_path: Path, take: Take, packed: bool
) -> None:
    files = {"work/bn.py": SOURCE, "work/old/bn.py": b"old"}
    work = zip_of(tmp_path, files) if packed else lay_out(tmp_path / "work", files)
    found = take(work)
    assert found.module.read_bytes() == SOURCE
    assert found.notes == ("work/bn.py is graded, not work/old/bn.py (--entry FILE changes that).",)


@pytest.mark.parametrize("packed", [False, True])
def test_two_files_of_one_name_at_one_depth_are_an_error(
    tmp_path: Path, take: Take, packed: bool
) -> None:
    files = {"a/bn.py": SOURCE, "b/bn.py": SOURCE}
    work = zip_of(tmp_path, files) if packed else lay_out(tmp_path / "work", files)
    with pytest.raises(SubmissionError, match=r"bn\.py is here more than once: a/bn\.py, b/bn\.py"):
        take(work)


def test_the_other_name_of_a_hand_in_is_accepted(tmp_path: Path, take: Take) -> None:
    found = take(lay_out(tmp_path / "work", {"bn.py": SOURCE, "table.xlsx": b"PK"}), TWO_FILES)
    assert found.files == ("bn.py", "table.xlsx")
    assert (found.missing, found.notes) == ((), ())


def test_the_first_name_goes_before_the_other_one(tmp_path: Path, take: Take) -> None:
    files = {"bn.py": SOURCE, "table.csv": b"1", "table.xlsx": b"PK"}
    found = take(lay_out(tmp_path / "work", files), TWO_FILES)
    assert found.files == ("bn.py", "table.csv")
    assert found.notes == ("table.csv is read, not table.xlsx.",)


def test_a_missing_required_file_is_told_with_what_was_found(tmp_path: Path, take: Take) -> None:
    files = {"bn.py": SOURCE, "Table.CSV": b"1", "other.txt": b""}
    found = take(lay_out(tmp_path / "work", files), TWO_FILES)
    assert found.missing == ("table.csv",)
    assert found.notes[0] == "table.csv (or table.xlsx) is missing. Found instead: Table.CSV."


def test_an_optional_file_is_missed_only_where_one_looks_alike(tmp_path: Path, take: Take) -> None:
    optional = (Handin("bn.py"), Handin("table.csv", required=False))
    assert take(lay_out(tmp_path / "work", {"bn.py": SOURCE}), optional).notes == ()
    lay_out(tmp_path / "work", {"tabel.csv": b""})
    found = open_submission(tmp_path / "work", assignment(optional), tmp_path / "again")
    assert found.missing == ()
    assert found.notes[0] == "table.csv is not here. Found instead: tabel.csv."


# (files in the folder, what the message must name, in this order)
NOT_GUESSED = {
    "other case": (["BN.PY"], ["bn.py is missing", "BN.PY", "Rename your file to bn.py"]),
    "second download": (["bn (1).py"], ["bn.py is missing", "bn (1).py", "--entry FILE"]),
    "second attempt": (["zz.py", "bn-2.py"], ["bn-2.py, zz.py"]),
    "trailing space": (["bn .py", "notes.txt"], ["bn .py, notes.txt"]),
    "doubled ending": (["bn.py.txt"], ["bn.py.txt"]),
    "other file": (["solution.py"], ["Found instead: solution.py"]),
    "nothing": ([], ["bn.py is missing", "Nothing else was handed in."]),
    "only litter": ([".DS_Store", "README.md"], ["Nothing else was handed in."]),
    "many": ([f"{i}.py" for i in range(30)], ["and 24 more"]),
    "two notebooks": (["a.ipynb", "b.ipynb"], ["a.ipynb, b.ipynb"]),
    "notebook or slip": (["work.ipynb", "Bn.py"], ["Bn.py, work.ipynb"]),
    "escape codes": (["bn\x1b[31m\n.py"], ["bn .py"]),
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("case", NOT_GUESSED)
def test_another_name_is_told_and_never_guessed(
    tmp_path: Path, take: Take, case: str, packed: bool
) -> None:
    names, said = NOT_GUESSED[case]
    (tmp_path / "work").mkdir()
    files = dict.fromkeys(names, SOURCE)
    work = zip_of(tmp_path, files) if packed else lay_out(tmp_path / "work", files)
    with pytest.raises(SubmissionError) as caught:
        take(work)
    at = [str(caught.value).find(words) for words in said]
    assert -1 not in at and at == sorted(at), str(caught.value)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("entry", ["try2.py", "./try2.py", "attempts/try2.py", "attempts\\try2.py"])
def test_entry_names_the_module(tmp_path: Path, take: Take, entry: str) -> None:
    files = {"bn.py": b"other", "attempts/try1.py": b"", "attempts/try2.py": SOURCE}
    found = take(lay_out(tmp_path / "work", files), entry=entry)
    assert found.files == ("bn.py",)
    assert found.module.read_bytes() == SOURCE
    assert found.notes[:2] == (
        "attempts/try2.py is graded as bn.py.",
        "attempts/try2.py is graded, not bn.py (--entry FILE changes that).",
    )


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("try3.py", "there is no such file. Found instead: a/try.py"),
        ("y.py", "there is no such file"),
        ("try.py", "fits several files: a/try.py, b/try.py"),
        ("data.txt", "neither a .py file nor a notebook"),
        ("../../../etc/passwd", "there is no such file"),
        ("/etc/passwd", "there is no such file"),
        ("C:\\bn.py", "there is no such file"),
        ("\0", "there is no such file"),
        ("a/try.py:MyNet", "names MyNet in a file, but only the file may have a name of its own"),
        ("a/\x1btry.py:MyNet", "Rename MyNet there"),
    ],
)
def test_an_entry_that_is_not_there_is_told(
    tmp_path: Path, take: Take, entry: str, said: str
) -> None:
    files = {"a/try.py": b"", "b/try.py": b"", "data.txt": b""}
    with pytest.raises(SubmissionError) as caught:
        take(lay_out(tmp_path / "work", files), entry=entry)
    assert said in str(caught.value)


# ------------------------------------------------- links, pipes, crowded folders


def test_links_pipes_and_sockets_are_never_read(tmp_path: Path, take: Take) -> None:
    secret = lay_out(tmp_path / "secret", {"bn.py": b"the solution"})
    work = lay_out(tmp_path / "work", {"real/other.py": b""})
    (work / "bn.py").symlink_to(secret / "bn.py")
    (work / "deep").symlink_to(secret)
    os.mkfifo(work / "table.csv")
    with pytest.raises(SubmissionError) as caught:
        take(work, TWO_FILES)
    assert "bn.py is missing" in str(caught.value)
    assert "only real files are read: bn.py, deep, table.csv." in str(caught.value)


def test_a_link_beside_the_work_is_left_out_with_a_note(tmp_path: Path, take: Take) -> None:
    work = lay_out(tmp_path / "work", {"bn.py": SOURCE})
    os.mkfifo(work / "table.csv")
    found = take(work, TWO_FILES)
    assert found.missing == ("table.csv",)
    assert "Left out, because only real files are read: table.csv." in found.notes


@pytest.mark.parametrize("kind", ["link to a folder", "link to a file", "pipe", "loose link"])
def test_what_is_no_file_itself_is_refused(tmp_path: Path, take: Take, kind: str) -> None:
    secret = lay_out(tmp_path / "secret", {"bn.py": b"the solution"})
    path = tmp_path / "bn.py"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        targets = {"link to a folder": secret, "link to a file": secret / "bn.py"}
        path.symlink_to(targets.get(kind, tmp_path / "nowhere"))
    with pytest.raises(SubmissionError, match=r"bn\.py is a link, a pipe or a device\. Give a"):
        take(path)


def test_a_file_that_changes_into_a_link_is_not_followed(tmp_path: Path) -> None:
    work = lay_out(tmp_path / "work", {"bn.py": SOURCE, "secret": b"the solution"})
    listing = folder.list_folder(work, set())
    (work / "bn.py").unlink()
    (work / "bn.py").symlink_to(work / "secret")
    with pytest.raises(SubmissionError, match="cannot be read"):
        entries.read(listing.entries[0])
    (work / "bn.py").unlink()
    os.mkfifo(work / "bn.py")
    with pytest.raises(SubmissionError, match="cannot be read"):
        entries.read(listing.entries[0])


def test_a_link_to_a_loop_of_folders_ends(tmp_path: Path, take: Take) -> None:
    work = lay_out(tmp_path / "work", {"a/bn.py": SOURCE})
    (work / "a" / "again").symlink_to(work)
    assert take(work).module.read_bytes() == SOURCE


def test_a_data_set_beside_the_work_is_not_walked(
    tmp_path: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MOST_ENTRIES", 20)
    files = {"bn.py": SOURCE, **{f"data/train/{i}.png": b"" for i in range(50)}}
    found = take(lay_out(tmp_path / "work", files), TWO_FILES)
    assert found.files == ("bn.py",)
    assert found.notes[-1].startswith("Only 2 levels of folders were looked at")


def test_nothing_below_is_listed_where_all_is_at_the_top(tmp_path: Path) -> None:
    work = lay_out(tmp_path / "work", {"bn.py": SOURCE, "deep/other.py": b""})
    assert [entry.path for entry in folder.list_folder(work, {"bn.py"}).entries] == ["bn.py"]
    both = folder.list_folder(work, {"bn.py", "table.csv"}).entries
    assert [entry.path for entry in both] == ["bn.py", "deep/other.py"]


def test_a_crowded_folder_is_told(
    tmp_path: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MOST_ENTRIES", 20)
    with pytest.raises(SubmissionError, match="holds more than 20 files"):
        take(lay_out(tmp_path / "work", {f"{i}.py": b"" for i in range(30)}))


def test_names_that_are_not_utf8_are_no_matter(tmp_path: Path, take: Take) -> None:
    work = lay_out(tmp_path / "work", {"bn.py": SOURCE})
    Path(os.fsdecode(os.fsencode(work) + b"/\xff\xfe.py")).write_bytes(b"")
    found = take(work)
    assert found.files == ("bn.py",)
    found.notes[0].encode("utf-8")


# ---------------------------------------------------------------- single files


def test_a_single_file_of_the_right_name(tmp_path: Path, take: Take) -> None:
    found = take(lay_out(tmp_path, {"bn.py": SOURCE}) / "bn.py")
    assert (found.files, found.notes) == (("bn.py",), ())


def test_a_single_file_of_another_name_is_the_module_with_a_note(
    tmp_path: Path, take: Take
) -> None:
    found = take(lay_out(tmp_path, {"my bn (2).py": SOURCE}) / "my bn (2).py")
    assert found.module == found.folder / "bn.py"
    assert found.notes == ("my bn (2).py is graded as bn.py.",)


def test_a_single_file_that_could_be_one_of_two_is_not_guessed(tmp_path: Path, take: Take) -> None:
    two = (Handin("bn.py"), Handin("loss.py"))
    path = lay_out(tmp_path, {"mine.py": SOURCE}) / "mine.py"
    with pytest.raises(SubmissionError, match=r"could stand for any of bn\.py, loss\.py"):
        take(path, two)
    found = take(path, two, "mine.py")
    assert (found.files, found.missing) == (("bn.py",), ("loss.py",))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bn.txt", "bn.txt cannot be graded. Give a folder, a .py file, a notebook"),
        ("work.tar.gz", "work.tar.gz cannot be graded"),
        ("table.csv", "bn.py is missing. Nothing else was handed in."),
        ("missing.py", "There is no file or folder"),
        ("nul\0.py", "There is no file or folder"),
        ("x" * 5000, "There is no file or folder"),
        ("bn.py/below", "There is no file or folder"),
    ],
)
def test_what_is_no_submission_is_told(tmp_path: Path, take: Take, name: str, said: str) -> None:
    lay_out(tmp_path, {"bn.txt": b"", "work.tar.gz": b"", "table.csv": b"1", "bn.py": b""})
    with pytest.raises(SubmissionError) as caught:
        take(tmp_path / name, TWO_FILES)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 400


# ---------------------------------------------------------------- zips


def crafted(root: Path, *members: tuple[zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(root / "work.zip", "w") as target:
        for info, data in members:
            target.writestr(info, data)
    return root / "work.zip"


def member(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x")
    info.filename = name
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    "name",
    [
        "work\\bn.py",
        "/home/me/work/bn.py",
        "C:\\Users\\me\\bn.py",
        "C:/Users/me/bn.py",
        "./work/./bn.py",
        "work//bn.py",
        "\\\\server\\share\\bn.py",
    ],
)
def test_paths_of_all_systems_are_read_and_never_written_to(
    tmp_path: Path, take: Take, name: str
) -> None:
    found = take(crafted(tmp_path, (member(name), SOURCE)))
    assert found.module.read_bytes() == SOURCE
    assert sorted(os.listdir(tmp_path)) == ["into", "work.zip"]


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("../bn.py", 0o100644),
        ("work/../../bn.py", 0o100644),
        ("..\\bn.py", 0o100644),
        ("bn.py", 0o120777),
        ("bn.py", 0o010644),
        ("bn.py", 0o020644),
    ],
)
def test_entries_that_climb_out_or_are_no_files_are_left_out(
    tmp_path: Path, take: Take, name: str, mode: int
) -> None:
    other = lay_out(tmp_path, {"secret.py": b"the solution"}) / "secret.py"
    path = crafted(tmp_path, (member(name, mode), os.fsencode(other)))
    with pytest.raises(SubmissionError) as caught:
        take(path)
    assert "bn.py is missing" in str(caught.value)
    assert "Left out of the zip" in str(caught.value)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_in_a_zip_is_an_error(tmp_path: Path, take: Take) -> None:
    path = crafted(tmp_path, (member("bn.py"), SOURCE), (member("bn.py"), b"other"))
    with pytest.raises(SubmissionError, match="more than once"):
        take(path)


def test_a_zip_in_a_zip_is_not_opened(tmp_path: Path, take: Take) -> None:
    inner = zip_of(tmp_path, {"bn.py": SOURCE}, "inner.zip")
    with pytest.raises(SubmissionError, match=r"Found instead: inner\.zip"):
        take(zip_of(tmp_path, {"inner.zip": inner.read_bytes()}))


def test_a_folder_of_just_one_zip_is_that_zip(tmp_path: Path, take: Take) -> None:
    (tmp_path / "work").mkdir()
    zip_of(tmp_path / "work", {"bn.py": SOURCE})
    assert take(tmp_path / "work").module.read_bytes() == SOURCE


def test_a_zip_without_ending_is_known_by_its_start(tmp_path: Path, take: Take) -> None:
    zip_of(tmp_path, {"bn.py": SOURCE}).rename(tmp_path / "submission_12345")
    assert take(tmp_path / "submission_12345").module.read_bytes() == SOURCE


def patched(data: bytes, offset_local: int, offset_central: int, value: bytes) -> bytes:
    """Return the zip with `value` written into the local and the central header of entry 1."""
    out = bytearray(data)
    central = data.index(b"PK\x01\x02")
    out[offset_local : offset_local + len(value)] = value
    out[central + offset_central : central + offset_central + len(value)] = value
    return bytes(out)


def broken_zips(good: bytes) -> dict[str, tuple[bytes, str]]:
    """Return damaged zips of one bn.py, with what must be said about each."""
    return {
        "empty file": (b"", "is not a zip, or it was cut short"),
        "text": (b"hello", "is not a zip"),
        "another archive": (b"Rar!\x1a\x07\x01\x00" + bytes(50), "is not a zip"),
        "cut in the middle": (good[: len(good) // 2], "is not a zip, or it was cut short"),
        "cut at the end": (good[:-5], "is not a zip, or it was cut short"),
        "wrong bytes": (good[:40] + b"\xff\xff\xff\xff" + good[44:], "bn.py cannot be read"),
        "locked": (patched(good, 6, 8, struct.pack("<H", 1)), "locked with a password"),
        "strange method": (patched(good, 8, 10, struct.pack("<H", 12)), "not read here"),
        "unknown method": (patched(good, 8, 10, struct.pack("<H", 77)), "not read here"),
        "wrong checksum": (patched(good, 14, 16, bytes(4)), "bn.py cannot be read"),
        "size understated": (patched(good, 22, 24, struct.pack("<L", 3)), "bn.py cannot be read"),
        "size overstated": (
            patched(good, 22, 24, struct.pack("<L", 2**31)),
            "unpacks to more than 128 MB",
        ),
        "name differs inside": (good.replace(b"bn.py", b"xx.py", 1), "bn.py cannot be read"),
        "name is not utf-8": (
            patched(good, 6, 8, struct.pack("<H", 0x800)).replace(b"bn.py", b"\xff\xff.py"),
            "is not a zip",
        ),
        "no entries": (b"PK\x05\x06" + bytes(18), "bn.py is missing. Nothing else"),
    }


@pytest.mark.parametrize("case", broken_zips(b"PK\x01\x02" + bytes(60)))
def test_a_broken_zip_is_told_in_words(tmp_path: Path, take: Take, case: str) -> None:
    good = zip_of(tmp_path, {"bn.py": SOURCE * 20}).read_bytes()
    data, said = broken_zips(good)[case]
    assert data != good
    (tmp_path / "work.zip").write_bytes(data)
    with pytest.raises(SubmissionError) as caught:
        take(tmp_path / "work.zip")
    assert said in str(caught.value)


def test_a_bomb_that_declares_its_size_is_refused_unread(tmp_path: Path, take: Take) -> None:
    path = zip_of(tmp_path, {"bn.py": SOURCE, "table.csv": bytes(3 * entries.MEGABYTE)})
    found = take(path, TWO_FILES)
    assert found.missing == ("table.csv",)
    assert "table.csv unpacks to over 200 times its size" in " ".join(found.notes)


def test_a_bomb_that_hides_its_size_gives_no_more_than_it_declares(
    tmp_path: Path, take: Take
) -> None:
    good = zip_of(tmp_path, {"table.csv": bytes(5 * entries.MEGABYTE), "bn.py": SOURCE})
    lie = struct.pack("<L", 1000)
    good.write_bytes(patched(good.read_bytes(), 22, 24, lie))
    found = take(good, TWO_FILES)
    assert found.missing == ("table.csv",)
    assert found.files == ("bn.py",)


def test_too_many_entries_are_refused(tmp_path: Path, take: Take) -> None:
    path = zip_of(tmp_path, {"bn.py": SOURCE, **{f"d/{i}": b"" for i in range(2000)}})
    with pytest.raises(SubmissionError, match="lists more than 2,000 files"):
        take(path)


def test_a_huge_list_of_contents_is_not_loaded(tmp_path: Path, take: Take) -> None:
    row = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", *[0] * 18) + b""
    rows = row * (2 * archive.DIRECTORY_LIMIT // len(row))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, len(rows), 0, 0)
    (tmp_path / "work.zip").write_bytes(rows + end)
    with pytest.raises(SubmissionError, match="lists more than 2,000 files"):
        take(tmp_path / "work.zip")


def test_only_listed_files_count_for_the_unpacked_size_of_a_file(
    tmp_path: Path, take: Take
) -> None:
    files = {"bn.py": SOURCE, "zeros.npy": bytes(8 * entries.MEGABYTE)}
    assert take(zip_of(tmp_path, files)).module.read_bytes() == SOURCE


def test_a_damaged_hand_in_costs_only_itself(tmp_path: Path, take: Take) -> None:
    path = zip_of(tmp_path, {"table.csv": os.urandom(50), "bn.py": SOURCE})
    data = bytearray(path.read_bytes())
    data[45] ^= 0xFF
    path.write_bytes(bytes(data))
    found = take(path, TWO_FILES)
    assert found.missing == ("table.csv",)
    assert found.module.read_bytes() == SOURCE
    assert found.notes[0].startswith("table.csv cannot be read: it is damaged or locked.")


def test_a_crc_of_a_stored_file_is_checked(tmp_path: Path, take: Take) -> None:
    with zipfile.ZipFile(tmp_path / "work.zip", "w") as target:
        target.writestr("bn.py", SOURCE)
    data = (tmp_path / "work.zip").read_bytes().replace(b"return 1", b"return 2")
    assert zlib.crc32(SOURCE) != zlib.crc32(SOURCE.replace(b"1", b"2"))
    (tmp_path / "work.zip").write_bytes(data)
    with pytest.raises(SubmissionError, match="damaged"):
        take(tmp_path / "work.zip")


# ---------------------------------------------------------------- sizes, notebooks, digest


@pytest.mark.parametrize("packed", [False, True])
def test_a_source_file_has_a_limit(tmp_path: Path, take: Take, packed: bool) -> None:
    big = {"bn.py": os.urandom(entries.SOURCE_LIMIT + 1)}
    work = zip_of(tmp_path, big) if packed else lay_out(tmp_path / "work", big)
    with pytest.raises(SubmissionError, match=r"bn\.py is too large: at most 1 MB"):
        take(work)


def test_a_file_that_gives_more_than_it_declares_is_cut_off() -> None:
    asked_for: list[int] = []

    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            asked_for.append(size)
            return bytes(size if len(asked_for) < 1000 else 0)

    with pytest.raises(SubmissionError, match=r"bn\.py is too large"):
        entries.read(entries.Entry("bn.py", 10, Endless))  # type: ignore[arg-type]
    assert sum(asked_for) <= entries.SOURCE_LIMIT + entries.CHUNK


def test_all_hand_ins_together_have_a_limit(
    tmp_path: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.submission.TOTAL_LIMIT", 100)
    files = {"bn.py": SOURCE, "a.csv": bytes(60), "b.csv": bytes(60)}
    three = (Handin("bn.py"), Handin("a.csv"), Handin("b.csv"))
    found = take(lay_out(tmp_path / "work", files), three)
    assert (found.files, found.missing) == (("a.csv", "bn.py"), ("b.csv",))


@pytest.mark.parametrize("form", ["alone", "in a folder", "in a zip"])
@pytest.mark.parametrize("name", ["bn.ipynb", "EVA Session 3 (final).ipynb"])
def test_a_notebook_stands_for_the_module(tmp_path: Path, take: Take, name: str, form: str) -> None:
    files = {name: notebook("x = 1", "y = 2")}
    path = {
        "alone": lambda: lay_out(tmp_path, files) / name,
        "in a folder": lambda: lay_out(tmp_path / "work", files),
        "in a zip": lambda: zip_of(tmp_path, files),
    }[form]()
    found = take(path)
    assert found.files == ("bn.cells.json",)
    assert found.missing == ()
    assert found.module == found.folder / "bn.cells.json"
    assert json.loads(found.module.read_bytes()) == [
        {"cell": 1, "name": f"{name} cell 1", "source": "x = 1"},
        {"cell": 2, "name": f"{name} cell 2", "source": "y = 2"},
    ]
    assert found.notes == (f"{name} is graded as bn.py.",)


def test_a_notebook_is_not_named_in_place_of_another_file(tmp_path: Path, take: Take) -> None:
    found = take(lay_out(tmp_path / "work", {"a.ipynb": notebook("x = 1")}), TWO_FILES)
    assert found.missing == ("table.csv",)
    assert found.notes == (
        "a.ipynb is graded as bn.py.",
        "table.csv (or table.xlsx) is missing.",
    )


def test_the_python_file_wins_over_a_notebook_with_a_note(tmp_path: Path, take: Take) -> None:
    files = {"bn.py": SOURCE, "bn.ipynb": notebook("x = 1")}
    found = take(lay_out(tmp_path / "work", files))
    assert found.files == ("bn.py",)
    assert found.notes == ("bn.py is graded, not bn.ipynb (--entry FILE changes that).",)
    again = open_submission(tmp_path / "work", assignment(), tmp_path / "again", "bn.ipynb")
    assert again.files == ("bn.cells.json",)


def test_of_several_notebooks_the_one_of_the_right_name_counts(tmp_path: Path, take: Take) -> None:
    files = {"bn.ipynb": notebook("x = 1"), "scratch.ipynb": notebook("x = 2")}
    cells = json.loads(take(lay_out(tmp_path / "work", files)).module.read_bytes())
    assert [cell["source"] for cell in cells] == ["x = 1"]


def test_a_notebook_that_is_asked_for_is_copied_as_it_is(tmp_path: Path, take: Take) -> None:
    report = (Handin("bn.py"), Handin("report.ipynb"))
    files = {"bn.py": SOURCE, "report.ipynb": b"{not json"}
    found = take(lay_out(tmp_path / "work", files), report)
    assert found.files == ("bn.py", "report.ipynb")
    assert found.notes == ()


def test_the_digest_follows_names_and_contents_only(tmp_path: Path) -> None:
    def digest(number: int, path: Path) -> str:
        return open_submission(path, assignment(TWO_FILES), tmp_path / f"into{number}").digest

    files = {"bn.py": SOURCE, "table.csv": b"1"}
    first = digest(1, lay_out(tmp_path / "a", files))
    assert len(first) == 64
    assert digest(2, zip_of(tmp_path, {f"deep/{n}": d for n, d in files.items()})) == first
    assert digest(3, lay_out(tmp_path / "b", {**files, "bn.py": SOURCE + b"#"})) != first
    assert digest(4, lay_out(tmp_path / "c", {"bn.py": SOURCE, "table.xlsx": b"1"})) != first
    moved = {"bn.py": SOURCE + b"1", "table.csv": b""}
    assert digest(5, lay_out(tmp_path / "d", moved)) != first
    assert digest(6, lay_out(tmp_path / "e", {"bn.py": SOURCE + b"table.csv1"})) != first


def test_the_folder_must_be_fresh(tmp_path: Path, take: Take) -> None:
    lay_out(tmp_path / "into", {"left.py": b""})
    with pytest.raises(FileExistsError):
        take(lay_out(tmp_path / "work", {"bn.py": SOURCE}))


# ---------------------------------------------------------------- anything at all

NAMES = st.one_of(
    st.sampled_from(["bn.py", "a/bn.py", "b/bn.py", "bn.ipynb", "table.csv", "../bn.py", "BN.PY"]),
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12),
)
CONTENTS = st.one_of(st.just(SOURCE), st.just(notebook("x = 1", "%%bash\nls")), st.binary())
FUZZ = settings(max_examples=120, deadline=None, derandomize=True, database=None)


def is_one_clean_line(text: str) -> bool:
    return bool(text) and "\n" not in text and clean(text) == text


def graded_or_told(path: Path, root: Path, entry: str | None = None) -> None:
    """Open the submission: only listed files may appear, and only one error type."""
    try:
        found = open_submission(path, assignment(TWO_FILES), root / "into", entry)
    except SubmissionError as error:
        assert is_one_clean_line(str(error))
    else:
        allowed = {"bn.py", "bn.cells.json", "table.csv", "table.xlsx"}
        assert set(os.listdir(found.folder)) == set(found.files) <= allowed
        assert found.module.name in {"bn.py", "bn.cells.json"} & set(found.files)
        assert all(map(is_one_clean_line, found.notes))
        if found.module.suffix == ".py":
            found.module.read_text(encoding="utf-8")
        else:
            assert all(
                set(c) == {"cell", "name", "source"} for c in json.loads(found.module.read_text())
            )
    assert set(os.listdir(root)) <= {"into", path.name}


@FUZZ
@pytest.mark.filterwarnings("ignore:Duplicate name")
@given(
    st.lists(st.tuples(NAMES, CONTENTS), max_size=6),
    st.integers(0, 300),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=4),
    st.none() | NAMES,
)
def test_any_zip_is_graded_or_told(
    files: list[tuple[str, bytes]], cut: int, flips: list[tuple[int, int]], entry: str | None
) -> None:
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        path = crafted(root, *((member(name), data) for name, data in files))
        data = bytearray(path.read_bytes())
        for at, value in flips:
            data[at % len(data)] = value
        path.write_bytes(data[: len(data) - cut] if cut > 150 else data)
        graded_or_told(path, root, entry)


@FUZZ
@given(
    st.dictionaries(
        st.sampled_from(["bn.py", "a/bn.py", "x.py", "bn.ipynb", "table.csv"]), CONTENTS
    ),
    st.none() | NAMES,
)
def test_any_folder_is_graded_or_told(files: dict[str, bytes], entry: str | None) -> None:
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        (root / "work").mkdir()
        graded_or_told(lay_out(root / "work", files), root, entry)


@FUZZ
@given(st.binary(max_size=400), st.sampled_from(["bn.py", "my.py", "a.ipynb", "w.zip", "sub"]))
def test_any_bytes_are_graded_or_told(data: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / name
        path.write_bytes(data)
        graded_or_told(path, Path(made))
