"""Leaks behind a hidden check's words, behind a lid, or behind much else; and what is none."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import random
import re
import zlib

import numpy as np
from planted import MASTER, OTHER, ROOT, cell, notebook, numbered, renamed, tarred, zipped

from autograder.assignment import load
from autograder.release.members import Member

CONV = load("conv_as_fc", ROOT)
COUNTING = load("counting", ROOT)
HIDDEN_SOURCE = (ROOT / "solutions/conv_as_fc/test_hidden.py").read_text(encoding="utf-8")
SIZES = "SIZES = ((1, 3, 2, 5), (3, 1, 4, 6), (2, 1, 1, 3), (1, 2, 5, 5))"
AT = f"test_hidden.py:{HIDDEN_SOURCE[: HIDDEN_SOURCE.index(SIZES)].count(chr(10)) + 1}"
DEEP_LINE = "want, swapped = (responses(w, 4, SMALL) for w in (W, W.swapaxes(0, 1)))"
RANDOM = random.Random(1)
NOISE = RANDOM.randbytes(6 << 20)
CLOSED = "nobody can tell what is in it"


def filled(line: str, size: int) -> str:
    return line * (size // len(line) + 1)


def pdf(body: bytes, about: bytes = b"/Filter /FlateDecode", trailer: bytes = b"") -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj\n<< /Length 9 " + about + b" >>\nstream\n" + body + b"\nendstream\n"
        b"endobj\ntrailer << /Root 1 0 R " + trailer + b" >>\n%%EOF\n"
    )


def page(text: str) -> bytes:
    """Return the content of a page: each line in two kerned halves."""
    lines = [re.sub(r"([()\\])", r"\\\1", line) for line in text.split("\n")]
    shown = [f"[({line[:9]}) -20 ({line[9:]})] TJ 0 -12 Td" for line in lines]
    return ("BT /F1 10 Tf\n" + "\n".join(shown) + "\nET").encode()


PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + NOISE
ATTACHED = {"image/png": base64.b64encode(PICTURE).decode()}
WITH_PICTURE = notebook(
    cell("![a](attachment:a.png)", "markdown", attachments={"a.png": ATTACHED}), cell(OTHER)
)

# What a hidden check holds word for word: (assignment, file, data, what is said).
CHECKS = {
    "a line": (CONV, "README.md", f"So:\n{SIZES}\n", rf"line 2 holds `SIZES.*{AT}"),
    "a line with its comment": (
        CONV,
        "README.md",
        f"{SIZES}  # inputs, outputs, k, width\n",
        rf"line 1 holds `SIZES.*a hidden check \({AT}",
    ),
    "a line in a cell": (
        CONV,
        "x.ipynb",
        notebook(cell(f"Look at {DEEP_LINE}", "markdown")).decode(),
        r"cell 1, line 1 holds `want, swapped.*test_hidden\.py:\d+",
    ),
    "a row in other brackets": (
        CONV,
        "x.toml",
        "a = [[1,3,2,5],[3,1,4,6],\n [2,1,1,3],[1,2,5,5.0]]",
        rf"holds the numbers 1 3 2 5 3 1.*which a hidden check holds \({AT}\)",
    ),
    "a text on two lines": (
        CONV,
        "x.md",
        "a 4 x 8 matrix has\n   no inverse, and it would undo the layer;",
        r"says 'a 4 x 8 matrix.*a hidden check",
    ),
    "a number": (
        COUNTING,
        "x.md",
        "There are 1,179,648 of them",
        "gives the number 1179648, which a hidden check holds",
    ),
}

LARGE = {
    "behind comments": ("x.py", filled("# a comment\n", 5_900_000).encode() + MASTER.encode()),
    "behind prose in a gzip": (
        "x.gz",
        gzip.compress(filled("This is prose.\n", 5_900_000).encode() + OTHER.encode()),
    ),
    "in a long cell": ("x.ipynb", notebook(cell(filled("a = 1\n", 5_900_000) + OTHER))),
    "behind letters in a binary file": (
        "x.bin",
        b"\0" + filled("This is prose, and more of it.\n", 5_900_000).encode() + OTHER.encode(),
    ),
}

STEP = "does step by step"
PACKED: dict[str, tuple[str, bytes, str]] = {
    "a cell beside a picture of 6 MB": ("x.ipynb", WITH_PICTURE, "^cell 2, line \\d+ does step"),
    "behind a picture of 6 MB": ("x.png", PICTURE + b"\0" + OTHER.encode() + b"\0", STEP),
    "base64 of a picture before it": (
        "x.md",
        base64.b64encode(NOISE) + b"\n\n```\n" + OTHER.encode() + b"\n```\n",
        r"^line \d+ does step",
    ),
    "a gzip cut short": ("x.gz", gzip.compress(MASTER.encode())[:-6], CLOSED),
    "a gzip cut in half": ("x.gz", gzip.compress(NOISE[:9999])[:5000], CLOSED),
    "a bzip2 cut short": ("x.bz2", bz2.compress(MASTER.encode())[:-6], CLOSED),
    "an xz cut short": ("x.xz", lzma.compress(MASTER.encode())[:-20], CLOSED),
    "a zlib stream cut short": ("x.z", zlib.compress(MASTER.encode())[:-6], CLOSED),
    "what a gzip gives until it breaks off": (
        "x.gz",
        gzip.compress(OTHER.encode())[:-6],
        f"^unpacked, line \\d+ {STEP}",
    ),
    "a second gzip behind the first": (
        "x.gz",
        gzip.compress(b"a = 1\n") + gzip.compress(OTHER.encode()),
        f"^unpacked, line \\d+ {STEP}",
    ),
    "a zip behind a gzip": (
        "x.gz",
        gzip.compress(b"a = 1\n") + zipped(Member("a", OTHER.encode())),
        f"^in a, line \\d+ {STEP}",
    ),
    "an old lzma": (
        "x.lzma",
        lzma.compress(OTHER.encode(), lzma.FORMAT_ALONE),
        f"^unpacked, line \\d+ {STEP}",
    ),
    "an old lzma cut short": (
        "x.lzma",
        lzma.compress(OTHER.encode(), lzma.FORMAT_ALONE)[:-9],
        CLOSED,
    ),
    "a 7z": ("x.7z", b"7z\xbc\xaf\x27\x1c\0\4" + NOISE[:99], "7z archive.*" + CLOSED),
    "a RAR": ("x.bin", b"Rar!\x1a\x07\x01\0" + NOISE[:99], "RAR archive.*" + CLOSED),
    "a zstd": ("x.zst", b"\x28\xb5\x2f\xfd\4" + NOISE[:99], "zstd stream.*" + CLOSED),
    "a zstd in a zip": (
        "x.zip",
        zipped(Member("a", b"\x28\xb5\x2f\xfd\4" + NOISE[:99])),
        r"in a, \(a zstd stream",
    ),
    "an encrypted file": ("x.enc", b"Salted__" + NOISE[:99], CLOSED),
    "a zip with 80 kB behind it": (
        "x.zip",
        zipped(Member("a", OTHER.encode())) + bytes(80_000),
        f"^in a, line \\d+ {STEP}",
    ),
    "a zip behind a picture and before one": (
        "x.png",
        PICTURE[:99] + zipped(Member("a", OTHER.encode())) + NOISE[:90_000],
        f"^in a, line \\d+ {STEP}",
    ),
    "a zip before another": (
        "x.zip",
        zipped(Member("a", OTHER.encode())) + zipped(Member("b", b"b")),
        f"^in a, line \\d+ {STEP}",
    ),
    "a zip without its list": ("x.zip", zipped(Member("a", OTHER.encode()))[:-90], CLOSED),
    "a zip in a tar": (
        "x.tar",
        tarred("b.zip", zipped(Member("a", OTHER.encode()))),
        r"^in b\.zip, in a, line \d+ does",
    ),
    "a page of a PDF": ("x.pdf", pdf(zlib.compress(page(OTHER))), f"^on a page.*{STEP}"),
    "an attachment of a PDF": (
        "x.pdf",
        pdf(zlib.compress(OTHER.encode())),
        f"^stream 1 of the PDF, line \\d+ {STEP}",
    ),
    "a plain page of a PDF": ("x.pdf", pdf(page(OTHER), b""), f"^on a page.*{STEP}"),
    "a broken stream of a PDF": ("x.pdf", pdf(zlib.compress(NOISE[:999])[:-50]), CLOSED),
    "an LZW stream of a PDF": ("x.pdf", pdf(NOISE[:99], b"/Filter /LZWDecode"), CLOSED),
    "an encrypted PDF": ("x.pdf", pdf(NOISE[:99], trailer=b"/Encrypt 2 0 R"), CLOSED),
    "UTF-16 without a mark": ("x.txt", OTHER.encode("utf-16-le"), STEP),
    "UTF-16 the other way round": ("x.txt", OTHER.encode("utf-16-be"), STEP),
    "UTF-32": ("x.txt", OTHER.encode("utf-32"), STEP),
    "base85": (
        "x.txt",
        base64.b85encode(OTHER.encode()),
        f"^decoded from base85, line \\d+ {STEP}",
    ),
    "base85 as Adobe has it": (
        "x.txt",
        base64.a85encode(OTHER.encode(), adobe=True, wrapcol=76),
        "^decoded from base85",
    ),
    "base85 in Python": (
        "x.py",
        f"A = decode({base64.b85encode(OTHER.encode())!r})".encode(),
        f"^decoded from base85, line \\d+ {STEP}",
    ),
    "a gzip in base85": (
        "x.json",
        json.dumps({"a": base64.b85encode(gzip.compress(OTHER.encode())).decode()}).encode(),
        f"decoded from base85, unpacked, line \\d+ {STEP}",
    ),
    "base32": (
        "x.txt",
        base64.b32encode(OTHER.encode()),
        f"^decoded from base32, line \\d+ {STEP}",
    ),
    "a zlib stream in three coats of base64": (
        "x.txt",
        base64.b64encode(base64.b64encode(base64.b64encode(zlib.compress(OTHER.encode())))),
        f"^(decoded from base64, ){{3}}unpacked, line \\d+ {STEP}",
    ),
    "five coats of base64": (
        "x.txt",
        base64.b64encode(
            base64.b64encode(base64.b64encode(base64.b64encode(base64.b64encode(OTHER.encode()))))
        ),
        "more than can be looked through",
    ),
}


def saved(values: np.ndarray, packed: bool = False) -> bytes:
    buffer = io.BytesIO()
    if packed:
        np.savez_compressed(buffer, values=values)
    else:
        np.save(buffer, values)
    return buffer.getvalue()


def tensors(data: bytes) -> bytes:
    head = json.dumps({"w": {"dtype": "U8", "shape": [len(data)], "data_offsets": [0, len(data)]}})
    return len(head).to_bytes(8, "little") + head.encode() + data


# Base64 of no matter what, which as base85 begins as bzip2 does.
FIRST = (base64.b85encode(b"BZh" + bytes([n])) for n in range(256))
LETTERS = next(five for five in FIRST if five.isalnum()) + b"aB3xY7qLm9Tz" * 20
VALUES = np.frombuffer(NOISE, dtype="uint8")
OPEN: dict[str, tuple[str, bytes]] = {
    "a picture": ("a.png", PICTURE),
    "a photograph": ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF" + NOISE),
    "a picture of the web": ("a.webp", b"RIFF\0\0\0\0WEBPVP8 " + NOISE[:99999]),
    "an array": ("a.npy", saved(VALUES)),
    "arrays": ("a.npz", saved(VALUES, packed=True)),
    "weights": ("a.safetensors", tensors(NOISE)),
    "a table": ("a.parquet", b"PAR1" + NOISE + b"PAR1"),
    "a table of words": ("a.csv", b"name,colour\n" + b"ada,red\nbob,blue\n" * 999),
    "a picture in a notebook": (
        "a.ipynb",
        notebook(cell(f"![a](data:image/png;base64,{ATTACHED['image/png']})", "markdown")),
    ),
    "a PDF": ("a.pdf", pdf(zlib.compress(page("The mean of a batch\nof one is that one.")))),
    "a photograph in a PDF": ("a.pdf", pdf(b"\xff\xd8" + NOISE[:9999], b"/Filter /DCTDecode")),
    "a gzip": ("a.gz", gzip.compress(b"The mean of a batch.\n")),
    "digests": (
        "a.txt",
        "\n".join(f"{RANDOM.getrandbits(256):064x}  a" for _ in range(9)).encode(),
    ),
    "rules and addresses": (
        "a.md",
        b"-" * 90
        + b"\n"
        + b"=*" * 50
        + b"\nhttps://example.org/"
        + b"a-long/path/" * 9
        + b"?a=b#c",
    ),
    "a name that begins as bzip2 does": ("a.md", b"BZh is how such a file begins.\n"),
    "bytes that begin as zlib does": ("a.bin", b"\x78\x9c" + NOISE[:999]),
    "letters that could be base85": ("a.md", LETTERS),
    "words like those of formats": ("a.md", b"xz is a format, and x^2 + BZh too.\n"),
    "the start of a formula": ("a.txt", b"x^2 + 3 x + 1 is a polynomial in x, of degree two.\n"),
}


def whole_checks(source: str) -> tuple[bytes, bytes]:
    """Return a toolkit with the hidden checks in it: with a comment more, and renamed."""
    copied = zipped(Member("autograder/a.py", f"# A comment.\n{source}".encode()))
    other = zipped(Member("autograder/show/a.py", renamed(source, numbered).encode()))
    return copied, other
