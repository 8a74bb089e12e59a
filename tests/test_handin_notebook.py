"""A notebook becomes cells of plain Python; a cell that is none costs only itself."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.handin.cells import LONGEST_PARSED, Cleaned, clean_cell
from autograder.handin.entries import SubmissionError
from autograder.handin.notebook import read_notebook


def book(*cells: Any) -> bytes:
    as_cells = [{"cell_type": "code", "source": c} if not isinstance(c, dict) else c for c in cells]
    return json.dumps({"nbformat": 4, "cells": as_cells}).encode()


def sources(data: bytes) -> dict[int, str]:
    """Return the source of each cell that is kept, by its number."""
    cells = json.loads(read_notebook(data, "bn.ipynb")[0])
    assert all(cell["name"] == f"bn.ipynb cell {cell['cell']}" for cell in cells)
    return {cell["cell"]: cell["source"] for cell in cells}


def notes(data: bytes) -> tuple[str, ...]:
    return read_notebook(data, "bn.ipynb")[1]


# ---------------------------------------------------------------- one cell

# name: (the cell, what is run, lines left out)
CELLS = {
    "shell line": ("!pip install torch\nx = 1", "pass\nx = 1", 1),
    "line magic": ("%matplotlib inline\nx = 1", "pass\nx = 1", 1),
    "help before and after": ("?print\nprint?\nnp.sum??\nx = 1", "pass\npass\npass\nx = 1", 3),
    "assigned shell": ("files = !ls -l\na, b = %who_ls\nx = 1", "pass\npass\nx = 1", 2),
    "indented": ("if True:\n    !ls\n    %cd x\ny = 1", "if True:\n    pass\n    pass\ny = 1", 2),
    "continued": ("!pip install \\\n    torch \\\n    numpy\nx = 1", "pass\n\n\nx = 1", 3),
    "quotes in the shell": ("!echo \"it's\nx = '''a\n!b'''", "pass\nx = '''a\n!b'''", 1),
    "brackets in the shell": ("!echo (((\n%cd [\nx = 1", "pass\npass\nx = 1", 2),
    "timed statement": ("%time x = 1\n!ls", "x = 1\npass", 1),
    "timed in a block": ("if 1:\n    %time x = 1", "if 1:\n    x = 1", 0),
    "timed shell line": ("%time !ls\n%time %cd\nx = 1", "pass\npass\nx = 1", 2),
    "timed with options": ("%time -q x = 1\ny = 1", "pass\ny = 1", 1),
    "timer options": ("%time\n%timeit -n 3 f()\nx = 1", "pass\npass\nx = 1", 2),
    "python cell magic": ("%%time\nx = 1", "pass\nx = 1", 1),
    "blank line before": ("\n%%time\nx = 1", "\npass\nx = 1", 1),
    "two cell magics": ("%%capture out\n%%time\nx = 1", "pass\npass\nx = 1", 2),
    "magic and shell": ("%%capture\n!ls\nx = 1", "pass\npass\nx = 1", 2),
    "indented as a whole": ("    x = 1\n    !ls\n    y = 2", "x = 1\npass\ny = 2", 1),
    "future below a shell line": (
        "!pip install x\nfrom __future__ import print_function, division  # old\nx = 1",
        "pass\npass\nx = 1",
        1,
    ),
    "future in the middle": ("x = 1\nfrom __future__ import print_function", "x = 1\npass", 0),
    "future on top": (
        "from __future__ import annotations\n!ls",
        "from __future__ import annotations\npass",
        1,
    ),
    "windows line ends": ("!ls\r\nx = 1\r\n", "pass\nx = 1\n", 1),
    "remainder in brackets": ("!ls\nx = (a\n    % b\n    )", "pass\nx = (a\n    % b\n    )", 1),
    "remainder continued": ("!ls\nx = a \\\n    % b", "pass\nx = a \\\n    % b", 1),
    "inside a text": ('!ls\nx = """\n!ls\n%cd\n"""', 'pass\nx = """\n!ls\n%cd\n"""', 1),
    "text in a text": ("!ls\nx = '''\n\"\"\"\n!a\n'''\n", "pass\nx = '''\n\"\"\"\n!a\n'''\n", 1),
    "escaped quotes": ('!ls\nx = """\\"""\n!a"""', 'pass\nx = """\\"""\n!a"""', 1),
    "text continued": ("!ls\nx = 'a\\\n!b'", "pass\nx = 'a\\\n!b'", 1),
    "comment with a bracket": ("x = 1  # see (\n!ls", "x = 1  # see (\npass", 1),
    "comment with a quote": ("x = 1  # it's '''\n!ls", "x = 1  # it's '''\npass", 1),
    "bracket in a text": ("x = '('\n!ls", "x = '('\npass", 1),
    "checks go unsaid": ("import otter\ngrader = otter.Notebook()\nx = 1", "pass\npass\nx = 1", 0),
    "a check in a block": ('if 1:\n    grader.check("q1");  # see', "if 1:\n    pass", 0),
    "checks and a shell line": ("!ls\ngrader.check_all()\nx = 1", "pass\npass\nx = 1", 1),
    "dict over lines": ("d = {\n  'a': 5\n  % 3,\n}\n%cd", "d = {\n  'a': 5\n  % 3,\n}\npass", 1),
}
UNTOUCHED = [
    "x = 5\ny = x % 3",
    "x = (5\n% 3)",
    's = """\n!pip install\n%time\nwhat?\n"""',
    "x = 'a' \\\n'b'",
    "",
    "\n\n",
    "# !pip install torch\n# what?",
    "from __future__ import annotations\nx: int = 1",
    "x = 1;",
    "print('100%')",
    'x = grader.check("q1")',
    'grader.check("q1") and f()',
    'text = """\ngrader.check("q1")\nimport otter\n"""',
    "import otters\nnumber = (\n  grader.check()\n)",
    "assert 1 != 2",
]
FOREIGN = ["%%bash\nls", "%%html\n<b>", "\n\n%%writefile bn.py\nx = 1", "%%capture\n%%sh\nls", "%%"]


@pytest.mark.parametrize("case", CELLS)
def test_what_only_a_notebook_understands_is_taken_out(case: str) -> None:
    cell, wanted, left_out = CELLS[case]
    assert clean_cell(cell) == Cleaned(wanted, left_out)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="such texts are a syntax error before 3.12")
def test_a_text_that_looks_open_at_the_end_of_a_line_is_forgotten() -> None:
    cell = "x = f'{\"'\"}'\n%cd"
    assert clean_cell(cell) == Cleaned(cell.replace("%cd", "pass"), 1)


@pytest.mark.parametrize("cell", UNTOUCHED)
def test_a_cell_that_is_python_stays_as_it_is(cell: str) -> None:
    assert clean_cell(cell) == Cleaned(cell)


@pytest.mark.parametrize("cell", FOREIGN)
def test_a_cell_of_another_language_is_none(cell: str) -> None:
    assert clean_cell(cell) is None


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("x = 1\nprint 'a'\n", 2),
        ("!ls\nx = = 1", 2),
        ("%%time\n\nx = (", 3),
        ("def f():\nreturn 1", 2),
        ("return 1", 1),
        ("x = '''", 1),
    ],
)
def test_a_syntax_error_is_told_with_its_line(cell: str, line: int) -> None:
    cleaned = clean_cell(cell)
    assert cleaned is not None
    assert cleaned.error.startswith(f"line {line}: ")


def test_a_long_cell_is_cleaned_without_compiling_it() -> None:
    """A chain this long ends some versions of Python themselves when it is compiled."""
    chain = "a" + ".a" * (400_000)
    assert len(chain) > LONGEST_PARSED
    assert clean_cell(f"!ls\n{chain}") == Cleaned(f"pass\n{chain}", 1)


@pytest.mark.parametrize(
    "cell", ["(" * 1000, "a" + "[0]" * 10_000, "-" * 32_000 + "1", "1" * 9000, "x = '\ud800'\n!ls"]
)
def test_a_deep_cell_ends_in_a_result(cell: str) -> None:
    cleaned = clean_cell(cell)
    assert cleaned is not None
    cleaned.source.encode()


@pytest.mark.parametrize(
    "piece", [" ", "!", "?", "a", "a.", "'", '"', "\\", "%time ", "%", "(", "\n", "\n!", "a,", "#"]
)
def test_a_long_line_is_cleaned_in_a_blink(piece: str) -> None:
    start = time.process_time()
    clean_cell(piece * (200_000 // len(piece)) + "\nx = = 1")
    clean_cell("x" + piece * (200_000 // len(piece)) + "=")
    assert time.process_time() - start < 3


# ---------------------------------------------------------------- whole notebooks


def test_cells_count_from_one_over_all_code_cells() -> None:
    text = {"cell_type": "markdown", "source": "# title"}
    data = book(text, "x = 1", "", text, ["y = 2\n", "z = 3"], "%%bash\nls", "w = 4")
    assert sources(data) == {1: "x = 1", 3: "y = 2\nz = 3", 5: "w = 4"}
    assert notes(data) == (
        "bn.ipynb cell 4: left out for its first line: nothing that such a cell does is kept.",
    )


def test_a_broken_cell_costs_only_itself_and_is_told() -> None:
    data = book("x = 1", "!ls\n%cd\nprint 'a'", "y = 2")
    assert sources(data) == {1: "x = 1", 3: "y = 2"}
    (note,) = notes(data)
    assert note.startswith("bn.ipynb cell 2, line 3: ")
    assert note.endswith(": the cell was left out.")


def test_left_out_lines_are_counted_cell_by_cell() -> None:
    data = book("!ls\n%cd\nx = 1", "!ls")
    assert notes(data) == (
        "bn.ipynb cell 1: 2 lines with %, ! or ? left out; only a notebook understands them.",
        "bn.ipynb cell 2: 1 line with %, ! or ? left out; only a notebook understands them.",
    )


def test_many_notes_are_cut() -> None:
    told = notes(book(*["!ls\nx = 1"] * 40))
    assert len(told) == 13
    assert told[-1] == "bn.ipynb: 28 more cells were changed or left out."


def written(cells: list[str], version: int) -> bytes:
    """Return a notebook as nbformat, the reference implementation, writes it."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    made.cells.insert(0, nbformat.v4.new_markdown_cell("# text"))
    return nbformat.writes(nbformat.convert(made, version)).encode()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_notebooks_of_both_formats_and_any_unicode_are_read(version: int, encoding: str) -> None:
    data = written(["x = 'ä'\ny = 2", "z = 3"], version).decode().encode(encoding)
    assert sources(data) == {1: "x = 'ä'\ny = 2", 2: "z = 3"}


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.integers(0, 99).map(lambda i: f"x{i} = {i}\n# ä\ny = 2"), min_size=1, max_size=5),
    st.sampled_from([3, 4]),
)
def test_python_cells_survive_the_trip(cells: list[str], version: int) -> None:
    assert list(sources(written(cells, version)).values()) == cells


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"\xff\xfe\xfd",
        b"[" * 100_000,
        b'{"cells":' * 100_000,
        b'{"a": ' + b"9" * 5000 + b', "b": [',
        b"[" + b"[]," * 1_000_000 + b"[]]",
    ],
)
def test_what_is_no_json_is_told(data: bytes) -> None:
    with pytest.raises(SubmissionError, match=r"bn\.ipynb cannot be read as a notebook\. Open it"):
        read_notebook(data, "bn.ipynb")


@pytest.mark.parametrize(
    "notebook",
    [
        [],
        None,
        3,
        "cells",
        {},
        {"cells": None},
        {"cells": {}},
        {"cells": [None, 3, "x", [], {}]},
        {"cells": [{"cell_type": "code"}]},
        {"cells": [{"cell_type": "code", "source": None}]},
        {"cells": [{"cell_type": "code", "source": {"a": 1}}]},
        {"cells": [{"cell_type": "code", "source": [1, None, []]}]},
        {"cells": [{"cell_type": "code", "source": " \n"}]},
        {"cells": [{"cell_type": ["code"], "source": "x"}]},
        {"cells": [{"cell_type": "markdown", "source": "x"}]},
        {"worksheets": [[], None, {"cells": 3}]},
        {"worksheets": {"cells": []}},
    ],
)
def test_a_notebook_without_code_is_told(notebook: Any) -> None:
    with pytest.raises(SubmissionError, match=r"bn\.ipynb holds no code\. Write your answer"):
        read_notebook(json.dumps(notebook).encode(), "bn.ipynb")


@pytest.mark.parametrize("cells", [["x = 1\n" * 200_000], ["x"] * 2001])
def test_too_much_code_is_told(cells: list[str]) -> None:
    with pytest.raises(SubmissionError, match=r"more than 1 MB of code or more than 2,000"):
        read_notebook(book(*cells), "bn.ipynb")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["cells", "worksheets", "source", "input", "x"]), inner)
    ),
    max_leaves=8,
)
SOURCE = st.lists(
    st.sampled_from(["x = 1", "!ls", "%cd", "%%time", "    y", "'''", "(", ")", "a \\", "f?", "#'"])
    | st.text(max_size=10)
).map("\n".join)
CODE = st.builds(lambda s: {"cell_type": "code", "source": s}, SOURCE | JUNK)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(JUNK | st.builds(lambda c: {"cells": c}, st.lists(CODE | JUNK, max_size=5)))
def test_any_json_gives_cells_that_compile_or_is_told(notebook: Any) -> None:
    data = json.dumps(notebook).encode()
    try:
        kept = sources(data)
    except SubmissionError:
        return
    for source in kept.values():
        compile(source, "cell", "exec", dont_inherit=True)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(SOURCE)
def test_cleaning_keeps_the_lines_and_is_done_after_once(source: str) -> None:
    cleaned = clean_cell(source)
    if cleaned is not None and not cleaned.error:
        plain = source.replace("\r\n", "\n").replace("\r", "\n")
        assert cleaned.source.count("\n") == plain.count("\n")
        assert clean_cell(cleaned.source) == Cleaned(cleaned.source)
