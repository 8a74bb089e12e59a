"""Python source of any editor and age becomes clean UTF-8 text that Python reads the same way."""

from __future__ import annotations

import ast
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.handin.source import decode

UMLAUT = "x = 'ä'\n"


# name: bytes handed in, the text wanted, words of the note (none: no note)
SOURCES = {
    "plain": (b"x = 1\n", "x = 1\n", None),
    "utf-8": (UMLAUT.encode(), UMLAUT, None),
    "byte order mark": (b"\xef\xbb\xbfx = 1\n", "x = 1\n", None),
    "windows line ends": (b"x = 1\r\ny = 2\r\n", "x = 1\ny = 2\n", None),
    "old line ends": (b"x = 1\ry = 2\r", "x = 1\ny = 2\n", None),
    "no last line end": (b"x = 1", "x = 1", None),
    "latin-1 undeclared": (UMLAUT.encode("latin-1"), UMLAUT, "read as latin-1; save it as UTF-8"),
    "utf-16 of Windows": (UMLAUT.encode("utf-16"), UMLAUT, "read as utf-16"),
    "utf-16 big end first": (b"\xfe\xff" + UMLAUT.encode("utf-16-be"), UMLAUT, "read as utf-16"),
    "NUL inside": (b"x = 1\0\n", "x = 1\n", "holds NUL characters"),
    "only NUL": (bytes(100), "", "holds NUL characters"),
    "empty": (b"", "", "is empty"),
    "only space": (b" \r\n\t\n", " \n\t\n", "is empty"),
}
DECLARED = {
    "latin-1": ("# -*- coding: {} -*-\n", "latin-1"),
    "alias": ("# coding={}\n", "iso_8859-15"),
    "windows": ("# vim: set fileencoding: {} :\n# c\n", "cp1252"),
    "in the second line": ("#!/usr/bin/env python\n# coding: {}\n", "latin-1"),
    "below a blank line": ("\n# coding: {}\n", "latin-1"),
    "windows line ends": ("#!python\r\n# coding: {}\r\n", "cp1252"),
    "utf-8": ("# coding: {}\n", "utf-8"),
}


@pytest.mark.parametrize("case", SOURCES)
def test_each_kind_of_source_is_read(case: str) -> None:
    data, wanted, note = SOURCES[case]
    text, notes = decode(data, "bn.py")
    assert text == wanted
    assert all(said.startswith("bn.py ") for said in notes)
    assert note is None or note in " ".join(notes)
    assert bool(notes) == (note is not None)


@pytest.mark.parametrize("case", DECLARED)
def test_a_declared_encoding_is_used_and_then_says_utf8(case: str) -> None:
    head, encoding = DECLARED[case]
    data = (head.format(encoding) + UMLAUT).encode(encoding)
    text, notes = decode(data, "bn.py")
    assert text == head.format("utf-8").replace("\r\n", "\n") + UMLAUT
    assert notes == ()
    assert ast.literal_eval(ast.parse(text.encode()).body[0].value) == "ä"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "encoding", ["zlib", "rot13", "punycode", "idna", "utf-7", "unicode_escape", "nonsense", "cp0"]
)
def test_an_encoding_that_is_no_text_is_not_used(encoding: str) -> None:
    text, notes = decode(f"# coding: {encoding}\n{UMLAUT}".encode(), "bn.py")
    assert text == f"# coding: utf-8\n{UMLAUT}"
    assert notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n# coding: latin-1\n",
        "\n\n# coding: latin-1\n",
        "'''\n# coding: latin-1\n'''\n",
        "x = '# coding: latin-1'\n",
    ],
)
def test_a_comment_further_down_is_no_declaration(text: str) -> None:
    assert decode(text.encode(), "bn.py") == (text, ())


@pytest.mark.parametrize("piece", [b"#", b" ", b"\n", b"\r", b"# coding", b"coding:", b"\t\f"])
def test_long_lines_are_read_in_a_blink(piece: bytes) -> None:
    start = time.process_time()
    decode(piece * (1_000_000 // len(piece)), "bn.py")
    assert time.process_time() - start < 2


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r\ufeff")))
def test_utf8_text_comes_back_as_it_was(text: str) -> None:
    assert decode(("x\n\n" + text).encode(), "bn.py")[0] == "x\n\n" + text


PIECES = st.sampled_from(
    [b"# coding: ", b"cp1252", b"gbk", b"\n", b"\r\n", b"\xff\xfe", b"\xef\xbb\xbf"]
)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(PIECES | st.binary(max_size=20), max_size=12).map(b"".join))
def test_any_bytes_become_text_that_can_be_saved(data: bytes) -> None:
    text, _ = decode(data, "bn.py")
    assert not {"\0", "\r"} & set(text)
    assert decode(text.encode(), "bn.py")[0].lstrip("\ufeff") == text.lstrip("\ufeff")
