"""Python source of any editor and age, turned into clean UTF-8 text."""

from __future__ import annotations

import re

# The encodings a Python file may name; Python knows more, some of them slow or no text at all.
_TEXT_ENCODING = re.compile(
    r"utf-?8|ascii|us-ascii|latin-?1|iso-?8859-\d+|cp\d+|windows-\d+|gb(k|2312|18030)"
    r"|big5|shift-jis|euc-(jp|kr)|koi8-[ru]|mac-roman"
)
_COOKIE = re.compile(
    rb"\A((?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))?"  # a first line that says nothing else
    rb"[ \t\f]*#[^\r\n]*?coding[:=][ \t]*)([-\w.]+)"
)
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the source as text with plain line ends, and notes on what had to be changed.

    Order: byte order mark, the encoding the file names, UTF-8, latin-1 (which fits always).
    A coding comment is rewritten to utf-8, so that the text can be saved as UTF-8.
    """
    text, encoding = _text(data)
    notes: list[str] = []
    if encoding:
        notes.append(f"{name} is not UTF-8 and was read as {encoding}; save it as UTF-8.")
    if "\0" in text:
        text = text.replace("\0", "")
        notes.append(f"{name} holds NUL characters; they were removed.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        notes.append(f"{name} is empty.")
    return text, tuple(notes)


def _wide(data: bytes) -> str:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")


def _text(data: bytes) -> tuple[str, str]:
    """Return the text and the encoding to tell the student about, "" where all is well."""
    wide = _wide(data)
    if wide:
        return data.decode(wide, "replace"), wide
    data = data.removeprefix(b"\xef\xbb\xbf")
    found = _COOKIE.match(data)
    if found:
        named = found[2].decode("ascii", "replace").lower().replace("_", "-")
        data = data[: found.start(2)] + b"utf-8" + data[found.end(2) :]
        text = _try(data, named) if _TEXT_ENCODING.fullmatch(named) else None
        if text is not None:
            return text, ""
    text = _try(data, "utf-8")
    return (data.decode("latin-1"), "latin-1") if text is None else (text, "")


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
