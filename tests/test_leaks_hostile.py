"""The search for leaks under any names, and with any bytes before it."""

from __future__ import annotations

import ast
import gzip
import json
import keyword
import random
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import (
    BN,
    HIDDEN,
    MAGIC,
    OTHER,
    ROOT,
    SMALL,
    cell,
    function,
    notebook,
    numbered,
    renamed,
    zipped,
)

from autograder.assignment import load, names
from autograder.leaks import release_leaks, secret_lines
from autograder.leaks.piece import TooMuch
from autograder.leaks.pieces import pieces
from autograder.leaks.sources import sources
from autograder.leaks.telling import forms
from autograder.leaks.values import numbers, rows
from autograder.release.members import Member
from autograder.release.regions import regions, split_lines
from autograder.release.skeleton import masters

STEADY = settings(derandomize=True, deadline=None, database=None, max_examples=40)
FEWER = settings(STEADY, max_examples=8)


# ------------------------------------------------------------------ any names, any bytes

WORDS = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,12}", fullmatch=True).filter(
    lambda word: not keyword.iskeyword(word) and word != "self"
)
# A line of the small solution, to be found behind anything.
SAID = max(secret_lines(masters(SMALL)), key=len)
SECRET = f"\n{SAID}\n".encode()
FUNCTIONS = ("bn_train", "update_running", "bn_eval", "bn_backward")


@FEWER
@given(data=st.data(), name=st.sampled_from(FUNCTIONS))
def test_a_function_is_found_under_any_names(data: st.DataObject, name: str) -> None:
    chosen: dict[str, str] = {}

    def naming(word: str) -> str:
        if word not in chosen:
            taken = {*chosen.values(), "np"}
            chosen[word] = data.draw(WORDS.filter(lambda free: free not in taken))
        return chosen[word]

    copied = renamed(function(name), naming)
    found = release_leaks(BN, [Member("x.py", copied.encode())], ())
    assert found and all("bn.py:" in broken.says for broken in found), copied


@FEWER
@given(seed=st.integers(0, 10**6))
def test_a_function_is_found_among_other_code(seed: int) -> None:
    """Whatever stands around it, in whatever file."""
    draw = random.Random(seed)
    others = [p.read_text() for p in sorted((ROOT / "autograder/show").glob("*.py"))]
    before, after = draw.sample(others, 2)
    copied = "\n\n".join([before, renamed(function("bn_backward"), numbered), after])
    found = release_leaks(BN, [Member("x.py", copied.encode())], ())
    assert found and all("bn.py:" in broken.says for broken in found)


@STEADY
@given(
    data=st.binary(max_size=400),
    head=st.sampled_from(
        [b"", b"PK\3\4", b"\x1f\x8b\x08", b"BZh9", b"x\x9c", b"\xfd7zXZ\0", b'{"cells": [', MAGIC]
    ),
)
def test_any_bytes_are_searched(data: bytes, head: bytes) -> None:
    for path in ("a.py", "a.ipynb", "a.zip"):
        for broken in release_leaks(SMALL, [Member(path, head + data)], HIDDEN):
            assert broken.where == path and broken.says
        found = release_leaks(SMALL, [Member(path, head + data + SECRET)], HIDDEN)
        assert any(SAID in broken.says for broken in found), found


@STEADY
@given(text=st.text(max_size=300))
def test_any_text_is_searched(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    planted = notebook(cell(text), cell(text + SECRET.decode(), "markdown"))
    members = [Member("a.md", data + SECRET + data), Member("a.ipynb", planted)]
    found = release_leaks(SMALL, members, HIDDEN)
    assert {broken.where for broken in found if SAID in broken.says} == {"a.md", "a.ipynb"}


PARTS = st.sampled_from(masters(SMALL)["small.py"].splitlines()) | st.text(max_size=30)


@STEADY
@given(text=st.lists(PARTS, max_size=30).map("\n".join))
def test_any_text_is_taken_apart(text: str) -> None:
    lines = text.splitlines()
    found = [value for _, _, value in numbers(text)]
    if not set(text) & set("/\\−–"):  # what may make one number of two
        assert [value for value in rows(text).split() if value not in "|#"] == found
    assert all(0 <= start < end <= len(text) and value for start, end, value in numbers(text))
    for index, form in forms(lines):
        assert form == next(forms([lines[index], *lines[index + 1 :]]))[1]
    for before, tree in sources(text, nested=0):
        for node in tree.body:
            line = lines[before + node.lineno - 1] if before + node.lineno <= len(lines) else ""
            assert ast.unparse(node)[:1].strip("'\"(-~@") in line


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
)


@STEADY
@given(cells=st.lists(JSON, max_size=3), metadata=JSON)
def test_any_notebook_is_searched(cells: list[object], metadata: object) -> None:
    data = json.dumps({"cells": cells, "metadata": metadata}).encode()
    release_leaks(SMALL, [Member("a.ipynb", data)], ())


HOSTILE = {
    "deep JSON": ("a.ipynb", b'{"cells": ' + b"[" * 100_000),
    "deep JSON that ends": ("a.ipynb", b'{"cells": [' + b"[" * 900 + b"]" * 900 + b"]}"),
    "deep brackets": ("a.py", b"(" * 100_000),
    "deep minus": ("a.py", b"-" * 50_000 + b"1"),
    "a long sum": ("a.py", b"a = " + b"1+" * 50_000 + b"1"),
    "deep blocks": (
        "a.py",
        b"".join(b" " * n + b"if 1:\n" for n in range(95)) + b" " * 95 + b"a\n",
    ),
    "a huge number": ("a.py", b"a = " + b"9" * 200_000),
    "numbers with commas": ("a.md", b"1" + b",111" * 100_000 + b"1"),
    "many numbers": ("a.csv", b"1.5,2.25,\n" * 30_000),
    "one long line": ("a.md", b"a = b + " * 100_000),
    "many quotes": ("a.md", b"`'\"" * 100_000),
    "many fences": ("a.md", b"```\na = b + c * d - e\n" * 10_000),
    "zeros": ("a.bin", bytes(5 << 20)),
    "letters of base64": ("a.txt", b"A" * (1 << 20)),
    "many short lines of base64": ("a.txt", (b"A" * 20 + b"\n") * 50_000),
    "spaces": ("a.md", b" " * (1 << 20)),
    "many slashes": ("a.md", b"/home/" * 100_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_secret_behind_a_hostile_file_is_found_in_no_time(name: str) -> None:
    path, data = HOSTILE[name]
    started = time.process_time()
    found = release_leaks(SMALL, [Member(path, data + SECRET)], HIDDEN)
    assert any(SAID in broken.says for broken in found), found
    assert all(len(broken.says) < 1000 for broken in found)
    assert time.process_time() - started < 10


def test_what_unpacks_without_end_is_said() -> None:
    bombs = {
        "a.gz": gzip.compress(bytes(60 << 20)),
        "a.zip": zipped(*(Member(str(n), bytes(9 << 20)) for n in range(6))),
        "a.z": zlib.compress(bytes(60 << 20)),
        "b.zip": zipped(*(Member(str(n), b"") for n in range(4100))),
    }
    nested = OTHER.encode()
    for _ in range(6):
        nested = gzip.compress(nested)
    for path, data in {**bombs, "deep.gz": nested}.items():
        with pytest.raises(TooMuch):
            list(pieces(path, data))
        (found,) = release_leaks(SMALL, [Member(path, data)], ())
        assert "more than can be looked through" in found.says


def test_a_zip_with_a_password_is_no_way_out() -> None:
    data = bytearray(zipped(Member("a", OTHER.encode())))
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(magic) + offset] |= 1
    (found,) = release_leaks(BN, [Member("x.zip", bytes(data))], ())
    assert "nobody can tell what is in it" in found.says


@STEADY
@given(value=st.floats(1e-9, 1e9), shape=st.sampled_from(["{:.7f}", "{:.8e}", "{:.9g}", "{:,.6f}"]))
def test_a_number_is_the_same_in_any_notation(value: float, shape: str) -> None:
    written = shape.format(value)
    ((_, _, plain),) = numbers(repr(float(written.replace(",", ""))))
    assert [v for _, _, v in numbers(f"a {written}; b")] == [plain]


def test_regions_are_what_is_secret_and_nothing_else() -> None:
    """What stands outside of the regions may be public."""
    for name in names(ROOT):
        assignment = load(name, ROOT)
        members = []
        for file, source in masters(assignment).items():
            inside = {n for r in regions(source) for n in range(r.first, r.last + 1)}
            kept = [x for n, x in enumerate(split_lines(source), 1) if n not in inside]
            members.append(Member(file.replace(".py", ".txt"), "".join(kept).encode()))
        assert release_leaks(assignment, members, ()) == []
