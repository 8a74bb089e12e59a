"""The roster as platforms export it, keys, and whose a submission is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.classroom.found import Claim, Found, IntakeError
from autograder.classroom.matching import match
from autograder.classroom.names import KEY_LENGTH, keyed, slug, squeezed, tidy, words
from autograder.classroom.roster import Roster, read_roster
from autograder.cohort import Student

KEY = re.compile(r"[a-z0-9][a-z0-9._-]*")


def roster(folder: Path, text: str | bytes) -> Roster:
    path = folder / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_roster(path)


def student(key: str = "", name: str = "", **ids: str) -> Student:
    return Student(key, name, tuple(ids.items()))


GRADESCOPE = """First Name,Last Name,SID,Email,Role,Section
Ada,Byron,s1,ada@x.edu,Student,A
Max,Boss,t1,max@x.edu,Instructor,
"""
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Lab 1 (77),Final Score
,,,,,Manual Posting,(read only)
    Points Possible,,,,,10.0,(read only)
"Byron, Ada",501,s1,ada,A,9.5,95
"Student, Test",999,,,A,,
"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("name\nAda Byron\n", student("ada-byron", "Ada Byron")),
        ("\ufeffSID;E-Mail\r\nS 1;ada@x.edu\r\n", student("s-1", "", sid="S 1", email="ada@x.edu")),
        ("\n Full Name \tID number\nAda\t7\n", student("7", "Ada", sid="7")),
        (
            GRADESCOPE,
            student("s1", "Ada Byron", sid="s1", email="ada@x.edu", section="A"),
        ),
        (CANVAS, student("s1", "Byron, Ada", sid="s1", canvas="501", login="ada", section="A")),
        (
            'first name;surname;EMAIL ADDRESS\nAda;"King; Byron";Ada.B@x.edu\n',
            student("ada.b", "Ada King; Byron", email="Ada.B@x.edu"),
        ),
        (
            "student id,name,grade\n01,\x1b[31mAda\u202e\x00 B,5\n".replace("\x00", ""),
            student("01", "Ada B", sid="01"),
        ),
        (
            "name,login id\nA\u0301da,ada\n".encode("utf-16"),
            student("ada", "\u00c1da", login="ada"),
        ),
    ],
)
def test_rosters_of_every_kind_are_read(text: str | bytes, wanted: Student, tmp_path: Path) -> None:
    assert roster(tmp_path, text).students == (wanted,)


def test_every_row_that_is_no_student_is_named(tmp_path: Path) -> None:
    read = roster(tmp_path, GRADESCOPE + "Ada,Byron,s1,ada@x.edu,Student,B\n,,,,Student,C\n\n")
    assert [s.key for s in read.students] == ["s1"]
    [note] = read.notes
    assert "row 3 (staff)" in note
    assert "row 4 (twice)" in note and "row 5 (no name and no id)" in note
    assert "row 5 (the test student)" in roster(tmp_path, CANVAS).notes[0]


def test_another_encoding_is_read_and_said(tmp_path: Path) -> None:
    read = roster(tmp_path, "name,sid\nJos\xe9,1\n".encode("latin-1"))
    assert read.students[0].name == "Jos\xe9"
    assert "UTF-8" in read.notes[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a,b\n1,2\n",
        b'name\n"open\n',
        b"name\n" + b"x" * 200_000,
        b"\xff\xfeodd",
        b"first name\nAda\n",
        b"\x00\x01\x02",
    ],
)
def test_what_is_no_roster_is_refused_in_words(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=r"roster\.csv"):
        roster(tmp_path, data)


def test_a_roster_that_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path, Path("nul\0name")):
        with pytest.raises(IntakeError):
            read_roster(path)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: f"name,sid\n{t}".encode()))
def test_a_roster_raises_nothing_but_its_own_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        read = roster(folder, data)
    except IntakeError:
        return
    assert len({s.key for s in read.students}) == len(read.students)


@pytest.mark.parametrize(
    ("who", "key"),
    [
        (student(sid="AB 12", email="x@y"), "ab-12"),
        (student(email="Ada.Byron@x.edu", name="n"), "ada.byron"),
        (student(name="J\u00f6rg M\u00fc\u00dfig"), "jorg-mussig"),
        (student(name="con"), "student-con"),
        (student(name="LPT1.txt"), "student-lpt1.txt"),
        (student(name="..", login="ada"), "ada"),
        (student(name="../../etc/passwd"), "etc-passwd"),
        (student(sid="x" * 99), "x" * 60),
        (student(sid="-._", name="Ada"), "ada"),
    ],
)
def test_keys_are_safe_file_names(who: Student, key: str) -> None:
    assert keyed([(who, "i")])["i"].key == key


def test_a_name_without_latin_letters_still_has_a_key_of_its_own() -> None:
    made = keyed([(student(name=n), n) for n in ("\u5f20\u4f1f", "\u738b\u82b3")])
    assert len({s.key for s in made.values()}) == 2
    assert (
        made["\u5f20\u4f1f"]
        == keyed([(student(name="\u5f20\u4f1f"), "\u5f20\u4f1f")])["\u5f20\u4f1f"]
    )


def test_a_number_is_added_only_where_nobody_is_called_so() -> None:
    made = keyed([(student(name=name), f"{at}") for at, name in enumerate(("a", "a", "a-2"))])
    assert [made[one].key for one in "012"] == ["a", "a-3", "a-2"]


PEOPLE = st.builds(
    lambda name, sid, email: Student(
        "", name, tuple((k, v) for k, v in (("sid", sid), ("email", email)) if v)
    ),
    st.text(max_size=70) | st.sampled_from(["Ann Lee", "ann-lee", "Ann Lee-2", "con", "."]),
    st.text(max_size=4) | st.sampled_from(["a-2", "a", "A"]),
    st.sampled_from(["", "a@x", "A@y", "ann-lee@z"]),
)


@given(st.lists(PEOPLE, max_size=12), st.randoms(use_true_random=False))
def test_keys_differ_are_safe_and_no_order_changes_them(people: list[Student], random) -> None:
    named = [(one, f"{place}") for place, one in enumerate(people)]
    made = keyed(named, taken=["ann-lee"])
    keys = [one.key for one in made.values()]
    assert len(set(keys)) == len(people) and "ann-lee" not in keys
    for key in keys:
        assert KEY.fullmatch(key) and len(key) <= KEY_LENGTH
        assert key.partition(".")[0] not in ("con", "prn", "aux", "nul") and key[-1] not in ".-"
    random.shuffle(named)
    assert keyed(named, taken=["ann-lee"]) == made


@given(st.text())
def test_slug_and_tidy_are_stable(text: str) -> None:
    assert slug(slug(text)) == slug(text)
    assert tidy(tidy(text)) == tidy(text)
    assert "\n" not in tidy(text) and "\x1b" not in tidy(text)


def test_names_are_compared_whatever_their_order() -> None:
    assert words("Curie, Marie") == words("marie  CURIE")
    assert words("Jose\u0301") == words("JOS\u00c9")
    assert words("Ann Lee") != words("Ann Leigh")
    assert "obrienannemarie" in squeezed("Anne-Marie O'Brien")


CLASS = (
    student("s1", "Ada Byron", sid="s1", email="ada@x.edu", canvas="11", login="ada"),
    student("s2", "Alan Turing", sid="s2", email="alan@x.edu", canvas="12"),
    student("s3", "Ann Lee", sid="s3", email="ann@x.edu"),
    student("s4", "Lee, Ann", sid="s4", email="ann@y.edu"),
    student("bob", "", login="bob@x.edu"),
)


def claim(name: str = "", handle: str = "", number: str = "", **ids: str) -> Claim:
    return Claim(name, tuple(ids.items()), handle, number)


@pytest.mark.parametrize(
    ("given_claim", "key"),
    [
        (claim("Wrong Name", sid="S1"), "s1"),
        (claim("Wrong Name", email="ALAN@x.edu"), "s2"),
        (claim("byronada", canvas="11"), "s1"),
        (claim("turingalan", canvas="12"), "s2"),
        (claim(email="bob@x.edu"), "bob"),
        (claim("turing alan"), "s2"),
        (claim("Turing, Alan", number="17"), "s2"),
        (claim(handle="alan_turing"), "s2"),
        (claim(handle="alan"), "s2"),
        (claim(handle="ada"), "s1"),
        (claim(handle="S2"), "s2"),
        (claim(handle="alan@x.edu"), "s2"),
    ],
)
def test_a_claim_finds_its_student(given_claim: Claim, key: str) -> None:
    made = match([Found((given_claim,), Path("w"), "w")], CLASS)
    assert made.students[given_claim].key == key and not made.notes
    assert given_claim in made.listed


@pytest.mark.parametrize(
    ("given_claim", "says"),
    [
        (claim("Ann Lee"), "any of Ann Lee, Lee, Ann"),
        (claim(handle="ann"), "any of"),
        (claim("Ada", sid="s1", email="alan@x.edu"), "any of Ada Byron, Alan Turing"),
        (claim("Alan Turing", sid="s99"), "another sid"),
        (claim("turingalan", canvas="99"), "another canvas"),
        (claim("Alan Turin"), ""),
        (claim(handle="1"), ""),
    ],
)
def test_what_is_not_certain_is_never_guessed(given_claim: Claim, says: str) -> None:
    made = match([Found((given_claim,), Path("w"), "w")], CLASS)
    assert made.students[given_claim].key not in {one.key for one in CLASS}
    assert given_claim not in made.listed
    assert len(made.notes) == bool(says) and says in "".join(made.notes)


def test_what_the_platform_knows_is_added_to_the_roster() -> None:
    made = match([Found((one := claim("Ann", sid="s3", canvas="13"),), Path("w"), "w")], CLASS)
    assert made.students[one].id("canvas") == "13" and made.students[one].name == "Ann Lee"
