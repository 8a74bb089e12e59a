"""The notebook of a release: handout and skeleton question by question, a check after each."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment, Question
from autograder.handin.entries import listed
from autograder.release.blocks import OPENING, asked, sections
from autograder.release.passages import START, passages

GRADER = "test_public.py"
HANDOUT = "README.md"
COLAB = Path(__file__).with_name("course") / "colab.py"
OTTER = "import otter\n\ngrader = otter.Notebook()"
LONGEST_ID = 64

_HOW = """\
## How this notebook works

Run the cells from top to bottom. {where}
A line such as `grader.check("{question}")` runs the public checks of a question, as often as you
like.

**On Google Colab:** drag `{name}.zip`, the file that this notebook came in, into the Files pane on
the left before you run the next cell. It unpacks the file into the folder `{name}`, works in
`{name}/assignments/{name}` from there on, and installs the checks. Other files that you hand in
belong into that folder too. To run a command of the handout, put `!` and the way to the file in
front: `!python ../../grade.py hint {name} {question}`. In the end download {download}.

**On your own computer** the next cell does nothing. If `import otter` fails, install the tools for
notebooks as `README.md` of the course folder says, and choose that Python as the kernel.
"""
_GPU = """
**A GPU** is found by itself where there is one; on Colab: Runtime > Change runtime type. Without
one everything can be done as well. Checks that need a GPU are skipped then, not failed, and a
training on the processor takes longer.
"""
_TRAINING = """
`python grade.py train {name}` trains what is saved: save this notebook first. On Colab, download
it and drag it into `{name}/assignments/{name}`, then `!python ../../grade.py train {name}`.
"""
_ONE_FILE = """\
Write your answers into the code cells,
and leave `{module}` as it is: only one of the two is graded."""
_MANY_FILES = """\
Your code lives in files beside this
notebook: {files}. Change and save them there; the cells here only read them
anew and check them."""


def notebook(assignment: Assignment, sources: Mapping[str, str] | None = None) -> bytes:
    """Return the notebook of an assignment, the same bytes for the same files.

    `sources` are the .py files to hand in by name: the skeletons unless given. A module that
    is the only one stands in the cells; of several, each stays a file, which the notebook
    imports. Raises SyntaxError for a module or a grader that is no Python.
    """
    import nbformat

    grader = ast.parse((assignment.folder / GRADER).read_text(encoding="utf-8"))
    book = nbformat.v4.new_notebook(
        cells=list(_cells(assignment, sources or _skeletons(assignment), grader)),
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
    )
    nbformat.validate(book)
    text: str = nbformat.writes(book)
    return f"{text}\n".encode()


def _skeletons(assignment: Assignment) -> dict[str, str]:
    from autograder.release.skeleton import skeletons

    if assignment.solution is not None:
        return skeletons(assignment)
    names = [handin.name for handin in assignment.files if handin.name.endswith(".py")]
    return {name: (assignment.folder / name).read_text(encoding="utf-8") for name in names}


def _cells(assignment: Assignment, sources: Mapping[str, str], grader: ast.Module) -> Iterator[Any]:
    questions = [question.id for question in assignment.questions]
    handout = (assignment.folder / HANDOUT).read_text(encoding="utf-8")
    title, texts = passages(handout, questions)
    alone = len(sources) == 1
    code = sections(sources[assignment.module], questions, grader) if alone else {}
    checked = {asked(s) for s in grader.body if isinstance(s, ast.FunctionDef)}
    yield _text("title", title)
    yield _text("how", _how(assignment, sources))
    yield _code("setup", _setup(assignment))
    yield _code("grader", OTTER)
    if START in texts:
        yield _text("handout", texts[START])
    if OPENING in code:
        yield _code("opening", code[OPENING])
    for index, question in enumerate(assignment.questions):
        yield _text(f"{question.id}-text", _said(question, texts.get(index, "")))
        if not alone and question.id in checked:
            yield _code(f"{question.id}-code", _read_anew(assignment, sources))
        elif index in code:
            yield _code(f"{question.id}-code", code[index])
        if question.id in checked:
            yield _code(f"{question.id}-check", f'grader.check("{question.id}")')


def _said(question: Question, passage: str) -> str:
    """Return the title of a question and its passage, which may begin with that title."""
    points = "1 point" if question.points == 1 else f"{question.points:g} points"
    title = f"## {question.id}: {question.title} ({points})"
    if passage.split("\n")[0].strip() == title:
        return passage
    return f"{title}\n\n{passage}".rstrip()


def _how(assignment: Assignment, sources: Mapping[str, str]) -> str:
    names = listed([f"`{name}`" for name in sources])
    alone = len(sources) == 1
    where = (_ONE_FILE if alone else _MANY_FILES).format(module=assignment.module, files=names)
    words = {
        "where": where,
        "name": assignment.name,
        "question": assignment.questions[0].id,
        "download": "this notebook and hand it in" if alone else f"{names} and hand them in",
    }
    parts = [_HOW, "" if assignment.light else _GPU]
    parts += [_TRAINING] if assignment.training is not None and alone else []
    return "".join(parts).format(**words).rstrip()


def _setup(assignment: Assignment) -> str:
    """Return the cell that prepares Colab, which brings torch itself."""
    extras = "notebook" if assignment.light else "notebook,torch"
    call = f'set_up("{assignment.name}", "{extras}")\ndel set_up'
    return f"{COLAB.read_text(encoding='utf-8').rstrip()}\n\n\n{call}"


def _read_anew(assignment: Assignment, sources: Mapping[str, str]) -> str:
    """Return a cell that imports the module, and what it imports, as the files are now."""
    names = ", ".join(f'"{name[:-3]}"' for name in sources)
    return (
        "import sys\n\n"
        f"for _name in ({names}):\n    sys.modules.pop(_name, None)\n"
        f"from {assignment.module[:-3]} import *"
    )


def _text(id: str, source: str) -> Any:
    from nbformat import v4

    return v4.new_markdown_cell(source, id=_identity(id))


def _code(id: str, source: str) -> Any:
    from nbformat import v4

    return v4.new_code_cell(source, id=_identity(id))


def _identity(id: str) -> str:
    """Return an id of a cell: a long one is cut, and a digest keeps it apart from others."""
    if len(id) <= LONGEST_ID:
        return id
    digest = hashlib.sha256(id.encode()).hexdigest()[:16]
    return f"{id[: LONGEST_ID - len(digest) - 1]}-{digest}"
