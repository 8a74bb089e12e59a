"""Who handed in what, from folders and from what learning platforms download."""

from __future__ import annotations

import contextlib
import os
import stat
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from autograder.classroom import unpack as unpacking
from autograder.classroom.intake import Intake, IntakeError, intake
from autograder.classroom.metadata import FILE, read_metadata
from autograder.classroom.names import tidy
from autograder.cohort import Candidate
from autograder.handin.entries import is_junk, shown

ROOT = "assignment_77_export"


def write(folder: Path, *names: str, **texts: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts.get("text", name))
    return folder


def zipped(path: Path, *names: str, **texts: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, name)
        for name, text in texts.items():
            archive.writestr(name, text)
    return path


def keys(result: Intake) -> list[list[str]]:
    return [[student.key for student in one.students] for one in result.candidates]


def contents(one: Candidate) -> dict[str, str]:
    if one.path.is_file():
        return {one.path.name: one.path.read_text("latin-1")}
    files = (path for path in one.path.rglob("*") if path.is_file())
    return {path.relative_to(one.path).as_posix(): path.read_text("latin-1") for path in files}


# Folders and files


def test_each_folder_and_file_in_a_folder_is_one_submission(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "bob/bn.py", "ada.py", "cy.ipynb", "Di Ko.zip", ".DS_Store")
    write(folder, "__MACOSX/x.py", "Thumbs.db", "bob/deep/y.py", "grades.csv")
    got = intake([folder], tmp_path / "out")
    assert keys(got) == [["ada"], ["bob"], ["cy"], ["di-ko"]]
    assert got.candidates[3].students[0].name == "Di Ko"
    assert [one.path.name for one in got.candidates] == ["ada.py", "bob", "cy.ipynb", "Di Ko.zip"]
    assert any("grades.csv" in note for note in got.notes)
    assert not any(word in " ".join(got.notes) for word in ("DS_Store", "MACOSX", "Thumbs"))


def test_several_paths_are_told_apart_by_what_lies_there(tmp_path: Path) -> None:
    write(tmp_path, "ada/bn.py", "cy.py", "section/dan/bn.py", "section/eve.zip", "fay/only/bn.py")
    paths = [tmp_path / name for name in ("ada", "cy.py", "section", "fay")]
    got = intake(paths, tmp_path / "out")
    assert keys(got) == [["ada"], ["cy"], ["dan"], ["eve"], ["fay"]]
    assert any("one student's work" in note and "ada" in note for note in got.notes)
    assert any("section: taken as a class of 2" in note for note in got.notes)


def test_one_file_is_one_submission(tmp_path: Path) -> None:
    write(tmp_path, "ada.py")
    assert keys(intake([tmp_path / "ada.py"], tmp_path / "out")) == [["ada"]]


def test_a_zip_that_is_no_download_of_a_class_stays_as_it_is(tmp_path: Path) -> None:
    path = zipped(tmp_path / "ada.zip", "bn.py", "lib/more.py")
    got = intake([path], tmp_path / "out")
    assert got.candidates[0].path == path and keys(got) == [["ada"]]
    assert not any((tmp_path / "out").iterdir())


def test_links_are_named_and_never_followed(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "ada.py")
    secret = write(tmp_path / "secret", "bn.py")
    (folder / "bob").symlink_to(secret)
    (folder / "cy.py").symlink_to(secret / "bn.py")
    (folder / "dan.py").symlink_to("nowhere")
    got = intake([folder], tmp_path / "out")
    assert keys(got) == [["ada"]]
    assert any(all(name in note for name in ("bob", "cy.py", "dan.py")) for note in got.notes)
    got = intake([folder / "ada.py", folder / "bob"], tmp_path / "again")
    assert keys(got) == [["ada"]] and any("bob" in note for note in got.notes)


def test_the_same_path_twice_counts_once_and_where_results_go_does_not(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "ada.py")
    got = intake([folder, tmp_path / "in" / ".." / "in"], folder / "out")
    assert keys(got) == [["ada"]]
    assert any("more than once" in note for note in got.notes)
    assert any("results" in note and "out" in note for note in got.notes)


def test_two_works_under_one_name_are_left_to_a_person(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "ada.py", "ada/bn.py", "bob.py")
    got = intake([folder], tmp_path / "out")
    assert keys(got) == [["ada"], ["ada"], ["bob"]]
    problems = [one.problem for one in got.candidates]
    assert "ada and ada.py" in problems[0] and problems[0] == problems[1] and not problems[2]


@pytest.mark.parametrize("name", ["none", "broken.zip", "loop/x"])
def test_what_is_not_there_or_damaged_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(IntakeError, match=name.replace(".", r"\.")):
        intake([tmp_path / name], tmp_path / "out")


def test_the_place_for_what_comes_out_has_to_be_empty(tmp_path: Path) -> None:
    write(tmp_path / "out", "old")
    with pytest.raises(FileExistsError):
        intake([tmp_path], tmp_path / "out")


# The roster


def test_the_roster_says_who_is_missing_and_who_is_a_stranger(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "Byron Ada.py", "s2/bn.py", "who.py", "s3.txt", "readme.txt")
    roster = tmp_path / "roster.csv"
    roster.write_text("name,sid\nAda Byron,s1\nAlan,s2\nAnn,s3\nGone,s4\n")
    got = intake([folder], tmp_path / "out", roster)
    assert keys(got) == [["s1"], ["s2"], ["s3"], ["who"]]
    assert [student.key for student in got.missing] == ["s4"]
    assert any("Not in the roster: who" in note for note in got.notes)
    assert any("readme.txt" in note and "s3.txt" not in note for note in got.notes)


# Canvas


def test_canvas_files_of_one_student_come_together(tmp_path: Path) -> None:
    names = ("doejane_12_100_bn.py", "doejane_12_101_data.csv", "roebob_LATE_13_102_w.zip")
    got = intake([zipped(tmp_path / "c.zip", *names, "__MACOSX/._x")], tmp_path / "out")
    assert keys(got) == [["doejane"], ["roebob"]]
    first, second = got.candidates
    assert (first.path.is_dir(), second.path.name) == (True, "w.zip")
    assert contents(first) == {"bn.py": names[0], "data.csv": names[1]}
    assert contents(second) == {"w.zip": names[2]}
    assert (first.late, second.late) == (False, True)
    assert first.students[0].id("canvas") == "12" and first.submission == "101"


def test_a_canvas_folder_is_read_like_its_zip_and_left_as_it_was(tmp_path: Path) -> None:
    names = ("doejane_12_100_bn.py", "o_neil_13_102_w.py", "poeann_14_text.html")
    folder = write(tmp_path / "in", *names)
    got = intake([folder], tmp_path / "out")
    again = intake([folder / name for name in names], tmp_path / "again")
    assert keys(got) == keys(again) == [["doejane"], ["o_neil"], ["poeann"]]
    assert contents(got.candidates[0]) == contents(again.candidates[0]) == {"bn.py": names[0]}
    assert "no file" in got.candidates[2].problem
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)


@pytest.mark.parametrize(
    ("names", "counts"),
    [
        (("a_1_100_bn.py", "a_1_200_bn-1.py"), "a_1_200_bn-1.py"),
        (("a_1_100_bn-1.py", "a_1_90_bn.py", "a_1_200_bn-2.py"), "a_1_200_bn-2.py"),
        (("a_1_200_bn-1.py",), "a_1_200_bn-1.py"),
        (("a_1_200_bn.py", "a_1_100_bn-1.py"), ""),
    ],
)
def test_of_canvas_versions_the_newest_counts(
    names: tuple[str, ...], counts: str, tmp_path: Path
) -> None:
    [one] = intake([zipped(tmp_path / "c.zip", *names)], tmp_path / "out").candidates
    if counts:
        assert contents(one) == {"bn.py": counts} and not one.problem
    else:
        assert all(name in one.problem for name in names)


def test_replaced_versions_and_texts_are_named(tmp_path: Path) -> None:
    names = ("a_1_100_bn.py", "a_1_200_bn-1.py", "a_1_text.html", "b_2_300_bn.py")
    notes = " ".join(intake([zipped(tmp_path / "c.zip", *names)], tmp_path / "out").notes)
    assert names[0] in notes and names[2] in notes
    assert names[1] not in notes and names[3] not in notes


def test_of_two_canvas_downloads_the_newer_counts_whatever_their_order(tmp_path: Path) -> None:
    old = zipped(tmp_path / "old.zip", "a_1_100_bn.py", "a_1_101_more.py", "b_2_50_bn.py")
    new = zipped(tmp_path / "new.zip", "a_1_200_bn-1.py", "b_2_50_bn.py")
    for paths in ([old, new], [new, old]):
        got = intake(paths, tmp_path / f"out{paths[0].stem}")
        assert [contents(one) for one in got.candidates] == [
            {"bn.py": "a_1_200_bn-1.py"},
            {"bn.py": "b_2_50_bn.py"},
        ]
        assert not any(one.problem for one in got.candidates)
        assert any("a_1_101_more.py" in note for note in got.notes)


def test_names_that_only_look_like_canvas_do_not_make_two_students_one(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "lee_3_1_bn.py", "kim_3_1_bn.py", "ada.py", "bob.py", "cy.py")
    got = intake([folder], tmp_path / "out")
    assert len(got.candidates) == 5 and not any(one.problem for one in got.candidates)
    assert {one.path.name for one in got.candidates} == {path.name for path in folder.iterdir()}


# Moodle


def test_moodle_folders_and_flat_files_are_told_apart(tmp_path: Path) -> None:
    end = "assignsubmission"
    names = (
        f"Ada Byron_11_{end}_file_/bn.py",
        f"Ada Byron_12_{end}_file_/bn.py",
        f"Bob Roe_13_{end}_file_bn.py",
        f"Bob Roe_13_{end}_file_more.py",
        f"Cy Poe_14_{end}_onlinetext_/onlinetext.html",
        f"Bob Roe_13_{end}_onlinetext_/onlinetext.html",
    )
    got = intake([zipped(tmp_path / "m.zip", *names)], tmp_path / "out")
    assert keys(got) == [["ada-byron"], ["ada-byron-2"], ["bob-roe"], ["cy-poe"]]
    assert [one.submission for one in got.candidates] == ["11", "12", "13", "14"]
    assert contents(got.candidates[1]) == {"bn.py": names[1]}
    assert contents(got.candidates[2]) == {"bn.py": names[2], "more.py": names[3]}
    assert "no file" in got.candidates[3].problem
    assert any("Bob Roe_13_assignsubmission_onlinetext_" in note for note in got.notes)


def test_two_moodle_downloads_of_one_student_are_left_to_a_person(tmp_path: Path) -> None:
    name = "Ada Byron_11_assignsubmission_file_/bn.py"
    paths = [zipped(tmp_path / f"{n}.zip", name) for n in "ab"]
    got = intake(paths, tmp_path / "out")
    assert keys(got) == [["ada-byron"]] * 2
    assert all("newest" in one.problem for one in got.candidates)


# Gradescope

METADATA = """---
submission_1:
  :submitters:
  - :name: Jane Doe
    :sid: '0012'
    :email: jane@x.edu
  - :name: "B\\u00f6b: the\\
      \\ \\"O\\""
    :sid:
    :email: bob@x.edu # his own
  :created_at: 2026-09-14 23:03:51.193279000 Z
  :score: 1.5
  :status: processed
  :results:
    tests:
    - name: |-
        submission_9:
          :submitters:
          - :name: Eve

      output: 'it''s

        :score: 100'
  :history:
  - :id: 4
    :submitters:
    - :name: Nobody
      :sid: '666'
submission_2:
  :submitters:
    - :name: &1 Carl
      :sid: 44
      :email: carl@x.edu
  :created_at: 2026-09-15 01:03:51 +02:00
"""


def gradescope(path: Path, metadata: str, *names: str) -> Path:
    files = {f"{ROOT}/{name}": name for name in names}
    return zipped(path, **{f"{ROOT}/{FILE}": metadata, **files})


def test_the_metadata_of_gradescope_is_read() -> None:
    one, two = read_metadata(METADATA)
    assert (one.folder, one.created) == ("submission_1", "2026-09-14 23:03:51.193279000 Z")
    jane, bob = one.submitters
    assert (jane.name, dict(jane.ids)) == ("Jane Doe", {"sid": "0012", "email": "jane@x.edu"})
    assert (bob.name, dict(bob.ids)) == ('B\xf6b: the "O"', {"email": "bob@x.edu"})
    assert [dict(c.ids)["sid"] for c in two.submitters] == ["44"]
    assert two.submitters[0].name == "Carl"


@pytest.mark.parametrize(
    "text",
    [
        "submission_1: 5\n",
        "- a\n- b\n",
        "  submission_1:\n",
        "a:\n  :submitters: {x: y}\n",
        "a:\n  :submitters:\n  - [1, 2]\n",
        "a:\n  :submitters:\n  - :name: *2\n",
        "a:\n  :submitters:\n  - :name: 'open\n",
        'a:\n  :submitters:\n  - :name: "\\UFFFFFFFF"\n',
        "a:\n  :submitters:\n  -\n",
        "a:\n  :x: 1\nb\n",
        "a:\n  :x: 1\na:\n  :x: 1\n",
        "a:\n    :x: 1\n  :y: 2\n",
        "a:\n  !!python/object/apply:os.system ['true']\n",
        "{a: b}\n",
    ],
)
def test_what_is_not_the_dialect_of_gradescope_is_refused(text: str) -> None:
    with pytest.raises(IntakeError, match="line"):
        read_metadata(text)


ODD = st.sampled_from(["- a: b", "a: |", ":x: 'y", "\ta", "- - -", "*1", "  - &2", "", "---", "#"])


@st.composite
def nearly(draw: st.DrawFn) -> str:
    """Metadata in which some lines are cut, doubled, moved, indented or replaced."""
    lines = METADATA.split("\n")
    for _ in range(draw(st.integers(1, 4))):
        at, to = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        new = draw(
            ODD | st.sampled_from([lines[at], lines[at] + " ", "  " + lines[at], lines[at][2:]])
        )
        lines[to : to + draw(st.integers(0, 2))] = [new]
    return "\n".join(lines)[: draw(st.integers(0, 2000))]


@given(nearly() | st.text(alphabet="a:-\n '\"#&*|>\\u{}"))
def test_no_metadata_raises_anything_but_its_own_error(text: str) -> None:
    with contextlib.suppress(IntakeError):
        read_metadata(text)


NAMES = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cf", "Z")), max_size=9)


@given(st.dictionaries(st.from_regex(r"submission_\d{1,9}", fullmatch=True), NAMES, max_size=5))
def test_every_name_comes_back_as_ruby_would_quote_it(names: dict[str, str]) -> None:
    lines = []
    for place, (folder, name) in enumerate(names.items()):
        quoted = "'" + name.replace("'", "''") + "'"
        if place % 2:
            quoted = '"' + "".join(f"\\U{ord(c):08X}" for c in name) + '"'
        lines += [f"{folder}:", "  :submitters:", f"  - :name: {quoted}", "    :sid: '1'"]
    read = {one.folder: one.submitters[0].name for one in read_metadata("\n".join(lines))}
    assert read == {folder: tidy(name) for folder, name in names.items()}


@pytest.mark.parametrize("form", ["zip", "folder", "outer"])
def test_a_gradescope_export_is_read_from_a_zip_and_from_a_folder(
    form: str, tmp_path: Path
) -> None:
    path = gradescope(tmp_path / "g.zip", METADATA, "submission_1/bn.py", "submission_2/a/bn.py")
    if form != "zip":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path / "g")
        path = tmp_path / "g" / (ROOT if form == "folder" else "")
    got = intake([path], tmp_path / "out")
    assert keys(got) == [["0012", "bob"], ["44"]]
    first, second = got.candidates
    assert first.path.name == "submission_1" and contents(second) == {"a/bn.py": contents_of(2)}
    assert first.submitted == "2026-09-14 23:03:51.193279000 Z" and first.submission == "1"
    assert not first.problem and not second.problem


def contents_of(number: int) -> str:
    return f"submission_{number}/a/bn.py"


def test_what_the_export_lacks_or_has_too_much_is_said(tmp_path: Path) -> None:
    path = gradescope(tmp_path / "g.zip", METADATA, "submission_1/bn.py", "submission_3/b.py", "x")
    got = intake([path], tmp_path / "out")
    assert keys(got) == [["0012", "bob"], ["44"], ["submission_3"]]
    assert "not in the export" in got.candidates[1].problem
    assert any("submission_3" in note for note in got.notes)
    assert any(note.endswith(": x.") for note in got.notes)


def test_metadata_leads_nowhere_else(tmp_path: Path) -> None:
    write(tmp_path, "secret/bn.py")
    metadata = '"../../../../secret":\n  :submitters: []\n..:\n  :submitters: []\n'
    got = intake([gradescope(tmp_path / "g.zip", metadata)], tmp_path / "out")
    assert len(got.candidates) == 2
    assert all(one.problem and not one.path.exists() for one in got.candidates)


def test_the_newest_of_two_submissions_counts_for_each_student_alone(tmp_path: Path) -> None:
    metadata = METADATA.replace(":sid: 44", ":sid: '0012'").replace("01:03:51 +", "01:03:52 +")
    path = gradescope(tmp_path / "g.zip", metadata, "submission_1/bn.py", "submission_2/bn.py")
    got = intake([path], tmp_path / "out")
    # 01:03:52 in a zone two hours east is a fraction of a second after 23:03:51.19.
    assert [(k, c.submission) for k, c in zip(keys(got), got.candidates, strict=True)] == [
        (["0012"], "2"),
        (["bob"], "1"),
    ]
    assert any("submission_1" in note and "newer" in note for note in got.notes)


@pytest.mark.parametrize(
    ("first", "second", "newest"),
    [
        ("2026-09-14 23:03:51.193279000 Z", "2026-09-14 23:03:51.193278999 Z", "1"),
        ("2026-09-14 23:03:51 Z", "2026-09-14 19:03:52 -04:00", "2"),
        ("2026-09-15T01:03:51+02:00", "2026-09-14 23:03:50 UTC", "1"),
        ("2026-09-14 23:03:51 Z", "2026-09-15 01:03:51 +0200", ""),
        ("2026-09-14 23:03:51", "2026-09-14 23:03:52 Z", ""),
        ("yesterday", "2026-09-14 23:03:52 Z", ""),
        ("2026-09-31 23:03:52 Z", "2026-09-14 23:03:52 Z", ""),
        ("0001-01-01 00:00:00 +14:00", "2026-09-14 23:03:52 Z", ""),
    ],
)
def test_times_are_compared_to_the_last_digit_in_every_zone(
    first: str, second: str, newest: str, tmp_path: Path
) -> None:
    one = "submission_{}:\n  :submitters:\n  - :sid: '1'\n  :created_at: {}\n"
    metadata = one.format(1, first) + one.format(2, second)
    path = gradescope(tmp_path / "g.zip", metadata, "submission_1/bn.py", "submission_2/bn.py")
    got = intake([path], tmp_path / "out").candidates
    assert [c.submission for c in got if not c.problem] == ([newest] if newest else [])
    assert len(got) == (1 if newest else 2)


def test_one_export_given_in_two_copies_counts_once(tmp_path: Path) -> None:
    names = ("submission_1/bn.py", "submission_2/bn.py")
    paths = [gradescope(tmp_path / f"{n}.zip", METADATA, *names) for n in "ab"]
    got = intake(paths, tmp_path / "out")
    assert keys(got) == [["0012", "bob"], ["44"]]
    assert not any(one.problem for one in got.candidates)


def test_a_student_folder_cannot_pose_as_an_export(tmp_path: Path) -> None:
    forged = METADATA.replace("submission_1", "x").replace("submission_2", "y")
    for name in ("eve", "ada"):
        write(tmp_path / name, "x/bn.py", "y/bn.py")
        (tmp_path / name / FILE).write_text(forged)
    got = intake([tmp_path / "eve", tmp_path / "ada"], tmp_path / "out")
    assert "0012" not in str(keys(got))


# Zips that lie


def entry(name: str, kind: int = stat.S_IFREG) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o644) << 16
    return info


GOOD = "doejane_12_100_bn.py"


@pytest.mark.parametrize(
    "odd",
    [
        entry("../out_9_9_bn.py"),
        entry("a/../../b_9_9_bn.py"),
        entry("/etc/c_9_9_bn.py"),
        entry("C:\\d_9_9_bn.py"),
        entry("\\\\host\\e_9_9_bn.py"),
        entry("f_9_9_bn.py", stat.S_IFLNK),
        entry("g_9_9_bn.py", stat.S_IFCHR),
        entry("h_9_9_bn.py", stat.S_IFIFO),
    ],
    ids=lambda info: info.filename,
)
def test_what_is_no_plain_file_inside_is_named_and_not_written(
    odd: zipfile.ZipInfo, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr(GOOD, "good")
        archive.writestr(odd, "/etc/passwd")
    got = intake([tmp_path / "c.zip"], tmp_path / "out")
    assert keys(got) == [["doejane"]]
    assert any(shown(odd.filename) in note for note in got.notes)
    assert [path.name for path in (tmp_path / "out").rglob("*") if path.is_file()] == ["bn.py"]
    assert {path.name for path in tmp_path.iterdir()} == {"c.zip", "out"}


def test_a_name_twice_costs_only_its_student(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr(GOOD, "good")
        for text in ("one", "two"):
            with pytest.warns(UserWarning) if text == "two" else open(os.devnull):
                archive.writestr("roebob_13_101_bn.py", text)
    good, twice = intake([tmp_path / "c.zip"], tmp_path / "out").candidates
    assert contents(good) == {"bn.py": "good"} and not good.problem
    assert "twice" in twice.problem and contents(twice) == {"bn.py": ""}


def test_a_bomb_costs_only_its_student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "STUDENT_LIMIT", 1_000_000)
    bomb = {"roebob_13_101_a.py": "x" * 600_000, "roebob_13_102_b.py": "x" * 600_000}
    path = zipped(tmp_path / "c.zip", GOOD, **bomb)
    good, bad = intake([path], tmp_path / "out").candidates
    assert not good.problem and "over" in bad.problem
    assert sum(len(text) for text in contents(bad).values()) <= 1_000_000


def test_a_class_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "c.zip", GOOD, **{f"a_{n}_{n}_x.py": "x" * 9_000 for n in range(9)})
    monkeypatch.setattr(unpacking, "TOTAL_LIMIT", 50_000)
    with pytest.raises(IntakeError, match="unpacks to over"):
        intake([path], tmp_path / "out")
    monkeypatch.setattr(unpacking, "MOST_ENTRIES", 5)
    with pytest.raises(IntakeError, match="more than 5 files"):
        intake([path], tmp_path / "again")


def test_a_list_of_contents_without_end_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path / "c.zip", *(f"a_{n}_{n}_{'x' * 150}.py" for n in range(500)))
    monkeypatch.setattr(unpacking, "DIRECTORY_LIMIT", 70_000)
    with pytest.raises(IntakeError, match="lists more than"):
        intake([path], tmp_path / "out")


def test_a_locked_or_damaged_zip_is_refused(tmp_path: Path) -> None:
    raw = bytearray(zipped(tmp_path / "c.zip", GOOD, "roebob_13_101_bn.py").read_bytes())
    at = raw.index(b"PK\x01\x02")
    locked, damaged = bytearray(raw), bytearray(raw)
    locked[at + 8] |= 1
    damaged[raw.index(GOOD.encode()) + len(GOOD)] ^= 0xFF
    for name, data in (("locked", locked), ("damaged", damaged)):
        (tmp_path / f"{name}.zip").write_bytes(data)
        with pytest.raises(IntakeError, match=name):
            intake([tmp_path / f"{name}.zip"], tmp_path / name)


def test_a_damaged_zip_among_several_is_one_students(tmp_path: Path) -> None:
    (tmp_path / "ada.zip").write_bytes(b"PK\x03\x04 cut short")
    write(tmp_path, "bob.py")
    got = intake([tmp_path / "ada.zip", tmp_path / "bob.py"], tmp_path / "out")
    assert keys(got) == [["ada"], ["bob"]]


def test_names_in_utf8_without_the_flag_are_read(tmp_path: Path) -> None:
    name = "J\xf6rg_12_100_bn.py"
    path = zipped(tmp_path / "c.zip", name)
    raw = path.read_bytes()
    for mark, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        at = raw.index(mark) + place
        raw = raw[:at] + bytes([raw[at] & ~0x08]) + raw[at + 1 :]
    path.write_bytes(raw)
    assert intake([path], tmp_path / "out").candidates[0].students[0].name == "J\xf6rg"


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(data=st.data())
def test_a_zip_with_any_byte_changed_raises_nothing_else(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("zip")
    path = gradescope(folder / "g.zip", METADATA, "submission_1/bn.py", "submission_2/bn.py")
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    try:
        got = intake([path], folder / "out")
    except IntakeError:
        return
    assert all(one.path.is_relative_to(folder) for one in got.candidates)
    assert {one.name for one in folder.iterdir()} == {"g.zip", "out"}


# Nothing is lost

PARTS = st.sampled_from(["ada", "Ada", "bob", "doe_12_1_bn", "doe_12_2_bn-1", "doe_12_1_bn-1"])
PARTS |= st.sampled_from(["doe_LATE_12_3_bn", "Al Bo_5_assignsubmission_file_", "doe_12_text"])
PARTS |= st.sampled_from(
    ["Al Bo_5_assignsubmission_file_bn", "Al Bo_5_assignsubmission_onlinetext_"]
)
PARTS |= st.sampled_from(["__MACOSX", ".DS_Store", "Thumbs", "submission_1", "submission_metadata"])
PARTS |= st.text(
    alphabet=st.characters(exclude_characters="/\0", exclude_categories=("Cs",)),
    min_size=1,
    max_size=12,
)
ENDS = st.sampled_from([".py", ".ipynb", ".zip", ".txt", ".html", "", ".tar.gz", ".pyc", ".db"])
PLACES = st.tuples(st.lists(PARTS, max_size=2), PARTS, ENDS)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)
@given(places=st.lists(PLACES, max_size=9), several=st.booleans())
def test_every_file_is_in_one_candidate_or_in_a_note(
    places: list[tuple[list[str], str, str]],
    several: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    base = tmp_path_factory.mktemp("class")
    folder, texts = base / "in", {}
    folder.mkdir()
    for number, (folders, stem, end) in enumerate(places):
        path = folder.joinpath(*folders, stem + end)
        assume(not {".", ".."} & {*path.relative_to(folder).parts})
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x") as stream:
                stream.write(f"<{number}>")
        except OSError:
            continue
        texts[f"<{number}>"] = path.relative_to(folder).as_posix()
    paths = sorted(folder.iterdir()) if several else [folder]
    if several and any(p.name == FILE for p in folder.rglob("*")):
        return
    try:
        got = intake(paths, base / "out")
    except IntakeError as error:
        assert FILE in str(error) or "zip" in str(error)
        return
    seen = Counter(
        text
        for one in {c.path: c for c in got.candidates}.values()
        for text in contents(one).values()
    )
    notes = "\n".join(note for note in got.notes if not note.startswith("Taken"))
    for text, name in texts.items():
        tops = {shown(part) for part in (name, *name.split("/"))}
        ends = [(a, z) for a in (": ", ", ", "/") for z in (",", ".\n", ".")]
        noted = any(f"{a}{top}{z}" in notes for top in tops for a, z in ends)
        if not is_junk(name):
            assert seen[text] == 1 or (seen[text] == 0 and noted), name
    again = intake([*reversed(paths)], base / "again")
    assert keys(again) == keys(got) and len(again.candidates) == len(got.candidates)
    by_key = Counter(key for group in keys(got) for key in group)
    doubled = {k for k, count in by_key.items() if count > 1}
    for one in got.candidates:
        assert one.problem or not doubled & {student.key for student in one.students}
