"""Leaks to plant: secrets of real assignments in the disguises in which they could go out."""

from __future__ import annotations

import ast
import base64
import bz2
import gzip
import importlib.util
import io
import json
import lzma
import marshal
import re
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

from autograder.assignment import Assignment, load
from autograder.release.members import Member, archive

ROOT = Path(__file__).resolve().parents[1]
HIDDEN = (("test_eps_is_inside_the_root", "with eps above 0 the division is by sqrt(var + eps)"),)
BN = load("bn_matrix", ROOT)
MASTER = (ROOT / "solutions/bn_matrix/bn.py").read_text(encoding="utf-8")
BACKPROP = load("s03_backprop", ROOT)
TRAINED = load("s04_mnist", ROOT)
SMALL = load("small", ROOT / "tests/samples/course")


def function(name: str, source: str = MASTER) -> str:
    """Return a function of the master without its markers."""
    tree = ast.parse(source)
    node = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name)
    return re.sub(r"\n *# (?:BEGIN|END) SOLUTION", "", ast.get_source_segment(source, node) or "")


def renamed(source: str, naming: Callable[[str], str]) -> str:
    """Return a source with every name that it binds itself renamed, comments and layout lost."""
    tree = ast.parse(source)
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and type(n.ctx) is ast.Store}
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    bound |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    for node in ast.walk(tree):
        for field in ("id", "arg", "name"):
            word = getattr(node, field, None)
            if word in bound and not isinstance(node, ast.keyword):
                setattr(node, field, naming(word))
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:]
    return ast.unparse(tree)


def numbered(word: str) -> str:
    return f"{word}_{len(word)}"


def notebook(*cells: dict[str, object], **metadata: object) -> bytes:
    return json.dumps(
        {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1
    ).encode()


def cell(source: object, kind: str = "code", **more: object) -> dict[str, object]:
    ran: dict[str, object] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": "a", "metadata": {}, "source": source, **ran, **more}


def zipped(*members: Member) -> bytes:
    return archive(members)


def tarred(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as bundle:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        bundle.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


DEFINED = function("bn_backward")
OTHER = renamed(DEFINED, numbered)
SPACED = DEFINED.replace(
    "np.sqrt(Z.var(axis=1, keepdims=True) + eps)",
    "np . sqrt(\n  Z.var(axis=1,\n keepdims = True)\n + eps)  # the root",
)
BODY = "\n".join(line[4:] for line in renamed(function("bn_train"), numbered).split("\n")[1:])
CHECK = function(
    "test_eps_is_inside_the_root", (ROOT / "solutions/bn_matrix/test_hidden.py").read_text()
)
RIGHT = (ROOT / "solutions/bn_matrix/right/nested_lists.py").read_bytes()
WRONG = (ROOT / "solutions/bn_matrix/wrong/train_naive_variance.py").read_bytes()
EXPRESSION = "(A - A.mean(axis=1, keepdims=True)) / A.std(axis=1, keepdims=True)"
LINE = "    through_mean = dout.mean(axis=1, keepdims=True)\n"
FENCED = f"Look:\n\n```python\n{OTHER}\n```\n\nThat is all.\n"
QUOTED = "> " + OTHER.replace("\n", "\n> ") + "\n"
TABLE = (ROOT / "solutions/s03_backprop/table.csv").read_bytes()
WEIGHTS = (ROOT / "solutions/s04_mnist/weights.safetensors").read_bytes()
CODE = compile(MASTER, "bn.py", "exec")
MAGIC = importlib.util.MAGIC_NUMBER

SOLUTION = r"solution|right answer|known mistake"
PLANTED: dict[str, tuple[str, bytes, str]] = {
    "1 a line": ("x.md", f"Do\n{LINE}".encode(), r"line 2 holds `through_mean.*bn\.py:\d+"),
    "2 a function, renamed": ("x.py", OTHER.encode(), r"line \d+ does step by step.*bn\.py:\d+"),
    "2 a body, renamed": ("x.py", BODY.encode(), r"line 1 does step by step.*bn\.py:\d+"),
    "2 in another function": (
        "x.py",
        ("def f():\n    if 1:\n" + indent(BODY, " " * 8)).encode(),
        "does step by step",
    ),
    "2 a value in another statement": (
        "x.py",
        f"def f(A):\n    return {EXPRESSION}\n".encode(),
        r"line 2 does step by step.*bn\.py:\d+",
    ),
    "3 other spacing": ("x.py", SPACED.encode(), "bn.py:"),
    "3 other line ends": ("x.py", OTHER.replace("\n", "\r\n").encode(), "does step by step"),
    "3 another encoding": ("x.txt", OTHER.encode("utf-16"), "does step by step"),
    "4 a cell": ("x.ipynb", notebook(cell("1"), cell(OTHER)), r"cell 2, line \d+ does step"),
    "4 a cell of many strings": (
        "x.ipynb",
        notebook(cell(re.split(r"(?<=[ ,(])", OTHER))),
        "cell 1, line",
    ),
    "4 a cell with a magic": ("x.ipynb", notebook(cell(f"%time\n{OTHER}")), "cell 1, line"),
    "4 a text cell": ("x.ipynb", notebook(cell(FENCED, "markdown")), "cell 1, line"),
    "5 a string": ("x.py", f"HINT = {OTHER!r}\n".encode(), "does step by step"),
    "5 a docstring": ("x.py", f'"""Do.\n\n{FENCED}"""\n'.encode(), "does step by step"),
    "5 a comment": ("x.py", ("a = 1\n# " + OTHER.replace("\n", "\n# ")).encode(), "does step"),
    "5 a fence": ("x.md", FENCED.encode(), r"line \d+ does step by step"),
    "5 a fence with other line breaks": (
        "x.md",
        f"So\n```\nQ = (\n{EXPRESSION.replace('axis', chr(10) + 'axis')}\n)\n```\n".encode(),
        "line 3 does step by step",
    ),
    "5 an indented block": (
        "x.md",
        ("So:\n\n    " + OTHER.replace("\n", "\n    ")).encode(),
        "step",
    ),
    "5 a prompt": ("x.md", ("Try\n>>> " + OTHER.replace("\n", "\n... ") + "\nso").encode(), "step"),
    "5 in back quotes": (
        "x.md",
        b"It is `Q = (A - A.mean(axis=1, keepdims=True)) / A.std(axis=1, keepdims=True)`.",
        "line 1 does step by step",
    ),
    "5 text that is no Python": ("x.md", QUOTED.encode(), r"line \d+ says `"),
    "5 some JSON": ("x.json", json.dumps({"a": {"b": [OTHER]}}).encode(), "step by step"),
    "6 a hidden check": (
        "x.py",
        renamed(CHECK, numbered).replace("eps above", "any").encode(),
        r"what a hidden check does \(test_hidden\.py:\d+\)",
    ),
    "6 its title": (
        "x.md",
        b"With eps above 0  the division\nis by sqrt(var + eps)",
        "says the req",
    ),
    "6 its name": ("x.md", b"see test_eps_is_inside_the_root", "names the hidden check"),
    "7 answers as a dict": (
        "x.json",
        b'{"train_test":"b","train_test_why": "d", "test_batch":"c", "test_batch_why":\t"a"}',
        "step by step|gives the answers",
    ),
    "7 answers as a table": (
        "x.md",
        b"|train_test|b|\n|train_test_why|d|\n|test_batch | c|\n| test_batch_why | **a** |",
        "gives the answers for train_test",
    ),
    "8 a compiled file": (
        "__pycache__/bn.pyc",
        MAGIC + bytes(12) + marshal.dumps(CODE),
        "compiled",
    ),
    "8 compiled, by another name": (
        "x.dat",
        MAGIC + bytes(12) + marshal.dumps(CODE),
        "is compiled",
    ),
    "8 a code object alone": ("x.dat", marshal.dumps(CODE), "is compiled"),
    "9 an output": (
        "x.ipynb",
        notebook(cell("1", outputs=[{"output_type": "stream", "name": "stdout", "text": "1"}])),
        "holds the output of cell 1",
    ),
    "9 a count": ("x.ipynb", notebook(cell("1", execution_count=3)), "counts the runs of cell 1"),
    "9 metadata": ("x.ipynb", notebook(cell("1"), authors=["me"]), "metadata.*: authors"),
    "9 metadata of a cell": (
        "x.ipynb",
        notebook(cell("1", metadata={"execution": {"a": 1}})),
        r"metadata.*: execution \(cell 1\)",
    ),
    "9 a version": (
        "x.ipynb",
        notebook(cell("1"), language_info={"name": "python", "version": "3.10.1"}),
        r"language_info\.version",
    ),
    "9 a solution in an output": (
        "x.ipynb",
        notebook(cell("1", outputs=[{"data": {"text/plain": [OTHER]}}])),
        "beside its source, line",
    ),
    "10 a home": ("x.md", b"open /home/ada/course/x.py", r"line 1 names.*/home/ada/"),
    "10 a home of a Mac": ("x.toml", b'a = "/Users/ada/x"', "names a folder of somebody's"),
    "10 a home of Windows": ("x.py", rb'A = "C:\\Users\\ada\\x"', "names a folder of somebody's"),
    "10 the course itself": ("x.md", f"it is in {ROOT}.".encode(), "names a folder of somebody's"),
    "11 git": ("a/.git/config", b"[core]\n\tbare = false\n", r"'\.git' in its path"),
    "11 an object of git": ("x.bin", zlib.compress(b"blob 3\0abc"), "is data of git"),
    "11 a head of git": ("HEAD", b"ref: refs/heads/main\n", "is data of git"),
    "11 a conflict": (
        "x.md",
        b"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n",
        "line 2 holds a conf",
    ),
    "12 base64": (
        "x.py",
        b"A = " + repr(base64.b64encode(MASTER.encode())).encode(),
        "from base64",
    ),
    "12 base64 of many lines": ("x.txt", base64.encodebytes(OTHER.encode()), "decoded from base64"),
    "12 base64 of narrow lines": (
        "x.txt",
        re.sub(b"(.{40})", rb"\1\n", base64.b64encode(OTHER.encode())),
        "decoded from base64, line",
    ),
    "12 quoted base64": (
        "x.py",
        (
            "A = (\n"
            + re.sub("(?m)^(.+)$", r'    "\1"', base64.encodebytes(OTHER.encode()).decode())
            + ")\n"
        ).encode(),
        "decoded from base64",
    ),
    "12 hexadecimal": ("x.txt", OTHER.encode().hex().encode(), "decoded from hexadecimal, line"),
    "12 a zip": ("x.zip", zipped(Member("a.txt", OTHER.encode())), r"in a\.txt, line \d+ does"),
    "12 a zip in a zip": (
        "x.whl",
        zipped(Member("b.zip", zipped(Member("a.txt", OTHER.encode())))),
        r"in b\.zip, in a\.txt, line",
    ),
    "12 a gzip": ("x.gz", gzip.compress(OTHER.encode()), "unpacked, line"),
    "12 a bzip2": ("x.bz2", bz2.compress(OTHER.encode()), "unpacked, line"),
    "12 an xz": ("x.xz", lzma.compress(OTHER.encode()), "unpacked, line"),
    "12 a zlib stream": ("x.z", zlib.compress(OTHER.encode()), "unpacked, line"),
    "12 a tar": (
        "x.tar",
        tarred("a.gz", gzip.compress(OTHER.encode())),
        r"in a\.gz, unpacked, line",
    ),
    "12 a tar.gz": (
        "x.tgz",
        gzip.compress(tarred("a.gz", gzip.compress(OTHER.encode()))),
        r"unpacked, in a\.gz, unpacked, line",
    ),
    "12 a gzip in base64": (
        "x.txt",
        base64.b64encode(gzip.compress(OTHER.encode())),
        "base64, unp",
    ),
    "12 inside a binary file": ("x.png", b"\x89PNG\0\0" + OTHER.encode() + b"\0\0", "does step"),
    "12 a broken zip": (
        "x.zip",
        zipped(Member("a", bytes(99))).replace(b"PK\1\2", b"PK\1\3"),
        "nobody can tell what is in it",
    ),
    "13 the hidden checks": ("test_hidden.py", b"a = 1\n", r"'test_hidden\.py' in its path"),
    "13 a right answer": ("right/x.py", b"a = 1\n", "'right' in its path"),
    "13 a right answer, by content": ("x.py", RIGHT, "as it is"),
    "13 part of a right answer": (
        "x.py",
        renamed(RIGHT.decode(), numbered).encode(),
        "a right answer",
    ),
    "13 a known mistake, by content": ("x.py", WRONG, "as it is"),
    "13 the master": ("bn.py", MASTER.encode(), "as it is"),
    "13 the solutions in the toolkit": (
        "t.whl",
        zipped(Member("autograder/show/x.py", OTHER.encode())),
        r"in autograder/show/x\.py, line \d+ does step",
    ),
    "13 the master in the toolkit": (
        "t.whl",
        zipped(Member("autograder/x.py", MASTER.encode())),
        r"in autograder/x\.py, holds bn\.py of the solutions",
    ),
}


RECORDED: dict[str, tuple[Assignment, str, bytes, str]] = {
    "the file": (BACKPROP, "t.csv", TABLE, "holds table.csv of the solutions"),
    "some rows": (BACKPROP, "t.md", b"\n".join(TABLE.split(b"\n")[40:43]), r"table\.csv:\d+"),
    "rows with other digits": (
        BACKPROP,
        "t.json",
        json.dumps([float(f"{float(x):.7f}") for x in TABLE.split(b"\n")[41].split(b",")]).encode(),
        "numbers that only a file of the solution has",
    ),
    "columns as a tuple": (
        BACKPROP,
        "t.py",
        f"A = ({', '.join(line.split(',')[9] for line in TABLE.decode().split()[20:30])})".encode(),
        "numbers that only",
    ),
    "weights": (TRAINED, "w.bin", WEIGHTS, "holds weights.safetensors of the solutions"),
    "weights in a zip": (TRAINED, "w.zip", zipped(Member("w", WEIGHTS)), "in w, holds weights"),
    "weights in base64": (TRAINED, "w.txt", base64.b64encode(WEIGHTS), "base64, holds weights"),
    "weights behind another head": (TRAINED, "w.bin", bytes(99) + WEIGHTS[300:], "holds weights"),
    "half of the weights": (TRAINED, "w.bin", WEIGHTS[: len(WEIGHTS) // 2], "holds weights"),
}


VALUES = {
    "a product": ("there are 293,760 weights", "gives the number 293760"),
    "a product in Python": ("assert size == 293_760", "gives the number 293760"),
    "a product as a float": ("293760.0", "gives the number 293760"),
    "a small number": ("1.23456e-2 is it", "gives the number 1.23456e-02"),
    "a matrix as tuples": ("((1,0,0), (0,2,0),(-3,0,1.50))", "holds the numbers 1 0 0 0 2"),
    "a matrix of MATLAB": ("[1 0 0; 0 2 0; -3.0 0 15e-1]", "holds the numbers 1 0 0 0 2"),
    "a matrix of numpy": ("np.array([[1., 0, 0],\n [0, 2, 0],\n [-3, 0, 1.5]])", "the numbers 1 0"),
    "a matrix of LaTeX": (r"1 & 0 & 0 \\ 0 & 2 & 0 \\ -3 & 0 & 1.5", "holds the numbers 1 0 0"),
    "a text on two lines": (
        "because the mean of a\n  batch of one is the one itself",
        "says 'beca",
    ),
    "a renamed one-liner": (
        "def f(m):\n    return m / np.sum(m, axis=1, keepdims=True)",
        r"does step by step.*small\.py:\d+",
    ),
}
