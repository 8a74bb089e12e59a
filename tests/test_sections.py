"""How a handout and a module are dealt out to the questions: nothing lost, the order kept."""

from __future__ import annotations

import ast
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.release.blocks import mentions, sections
from autograder.release.passages import passages

quiet = settings(derandomize=True, deadline=None, database=None)


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


# ---------------------------------------------------------------- passages of a handout

QUESTIONS = ["q1", "q2", "q3"]
INTRO = "# Title\n\nBefore all.\n\n"
# name: (the handout below its introduction, what each question gets, -1: said at the start)
HANDOUTS = {
    "headings": (
        "## One (q1, 5)\na\n## Two (q2)\nb",
        {0: "## One (q1, 5)\na", 1: "## Two (q2)\nb"},
    ),
    "of several": ("## Both (q2 and q1)\na", {0: "## Both (q2 and q1)\na"}),
    "bold": ("**q2, this (5).** a\nb\n\n**q3** c", {1: "**q2, this (5).** a\nb", 2: "**q3** c"}),
    "bold inside": ("a\n**q2** b\n\n- **q3** c", {}),
    "group": ("## A\n\n### q1: x\na\n\n### q2\nb", {0: "## A\n\n### q1: x\na", 1: "### q2\nb"}),
    "group with text": ("## A\n\nt\n\n**q2.** b", {1: "## A\n\nt\n\n**q2.** b"}),
    "neighbours": ("## A\na\n## B\n**q2** b", {1: "## B\n**q2** b", -1: "## A\na"}),
    "below": ("## q1\na\n### More\nb\n## End\nc", {0: "## q1\na\n### More\nb", -1: "## End\nc"}),
    "end": ("**q3** a\n\n## End\nc", {2: "**q3** a", -1: "## End\nc"}),
    "fence": ("```\n## q1\n\n**q2** a\n```", {}),
    "long fence": ("````\n```\n# q1\n````\n## q2\na", {1: "## q2\na"}),
    "other words": ("## q11 and Q1\n**q12** a", {-1: "## q11 and Q1\n**q12** a"}),
    "table": ("## G\n| q1 | a |\n\n`**q1**`", {-1: "## G\n| q1 | a |\n\n`**q1**`"}),
}


@pytest.mark.parametrize("case", HANDOUTS)
def test_a_passage_goes_to_its_question(case: str) -> None:
    handout, wanted = HANDOUTS[case]
    title, rest = passages(INTRO + handout, QUESTIONS)
    assert rest == wanted
    assert title.startswith(INTRO.strip())
    said = lines("\n".join([title, *rest.values()]))
    assert sorted(said) == sorted(lines(INTRO + handout))


MARKED = ["# A", "## B", "### q1: c", "## D (q3, 5)", "**q2.** e", "**f** q1", "```", "~~~~"]
PLAIN = ["", "text", "| q1 |", "    # q2", "- **q3**", "text\x0cq1", "\u2028", "#q1", " ## q2"]
LINES = st.sampled_from([*MARKED, *PLAIN])


@quiet
@given(st.lists(LINES, max_size=30))
def test_no_line_of_a_handout_is_lost_or_doubled(handout: list[str]) -> None:
    title, rest = passages("\n".join(handout), QUESTIONS)
    found = Counter(line for text in (title, *rest.values()) for line in lines(text))
    assert found == Counter(lines("\n".join(handout)))


# ---------------------------------------------------------------- sections of a module

GRADER = ast.parse("""
from autograder.checks import question

def on_paper(student, name):
    return getattr(student, name)

def used(student):
    return student.helped()

@question("q1")
def test_a(student):
    on_paper(student, "A"); used(student); student.numpy

@question(id="q2", weight=2)
def test_b(student, data):
    student.b(data.A); student.helped; "c"

@question("q3")
def test_c(student):
    [on_paper(student, "C"), student.D]
""")

# name: (module, its sections)
MODULES = {
    "opening": ('"""T."""\n\nimport numpy\n\nN = 3\n\n\nA = 1', {-1: "", 0: "A = 1"}),
    "answer": ("A = None\n\n# C\nC = None\nD = 2", {0: "A = None", 2: "# C\nC = None\nD = 2"}),
    "dragged": ("def b(): 1\n\n\nA = None", {0: "def b(): 1\n\n\nA = None"}),
    "moved": ("C = None\nA = None", {0: "A = None", 2: "C = None"}),
    "read before": ("C = 2\nA = C", {0: "C = 2\nA = C"}),
    "counted on": ("C = 2\nC += 1\nA = 2", {0: "C = 2\nC += 1\nA = 2"}),
    "first named": ("def helped(): 1\n\ndef b(): 2", {0: "def helped(): 1", 1: "def b(): 2"}),
    "helper": ("def h():\n    raise NotImplementedError\n\ndef b(): 2", {1: ""}),
    "behind": ("A = 1\nx = 2\n\nD = 3\n# end", {0: "A = 1\nx = 2", 2: "D = 3\n# end"}),
    "said": ("A = 1\n\n# q2: so\nx = 1", {0: "A = 1", 1: "# q2: so\nx = 1"}),
    "numbered": ("A = 1\n# ---- 3. so\n\nx = 1", {0: "A = 1", 2: "# ---- 3. so\n\nx = 1"}),
    "chapter": ("A = 1\n# ----- x\n\ny = 1\n\nD = 2", {0: "A = 1", 2: ""}),
    "last chapter": ("A = 1\n\n# ----- x\ny = 1", {0: "A = 1", 2: "# ----- x\ny = 1"}),
    "one line": ("A = 1; C = 2; b = 3", {0: "A = 1; C = 2; b = 3"}),
    "marks": ("A = 1\n\n@f\n@g(\n\n1)\ndef b(): 2", {0: "A = 1", 1: "@f\n@g(\n\n1)\ndef b(): 2"}),
    "nothing named": ("x = 1\n\n\ndef f():\n    raise NotImplementedError", {-1: "x = 1", 2: ""}),
    "only text": ('"""T."""', {-1: '"""T."""'}),
    "empty": ("", {}),
}


@pytest.mark.parametrize("case", MODULES)
def test_a_block_goes_to_its_question(case: str) -> None:
    source, wanted = MODULES[case]
    found = sections(source, QUESTIONS, GRADER)
    assert list(found) == list(wanted)
    assert all(text == found[at] for at, text in wanted.items() if text)
    assert sorted(lines("\n".join(found.values()))) == sorted(lines(source))


def test_names_are_found_where_checks_look_at_the_student() -> None:
    found = mentions(GRADER, QUESTIONS)
    assert found == {"A": 0, "helped": 0, "numpy": 0, "b": 1, "C": 2, "D": 2}


WORDS = st.sampled_from(["A", "b", "C", "D", "x", "y"])
STATEMENTS = st.one_of(
    st.builds("{} = {}".format, WORDS, st.integers(0, 9)),
    st.builds("{} = {} * 10 + 1".format, WORDS, WORDS),
    st.builds("{} += {}".format, WORDS, WORDS),
    st.builds("{0} = 1; {1} = {0}".format, WORDS, WORDS),
    st.builds("{} = []\n# q3: text\n".format, WORDS),
    st.builds("for {} in range(3):\n\n    pass\n".format, WORDS),
    st.builds("\n\ndef f(x={}):\n    return b".format, WORDS),
    st.sampled_from(["", "# 1. one", "# ----- chapter", "# q2: two", "# text", "import ast as b"]),
)


@quiet
@given(st.lists(STATEMENTS, max_size=12))
def test_the_sections_do_what_the_module_does(statements: list[str]) -> None:
    source = "\n".join(["A = b = C = D = x = y = 0", *statements])
    found = sections(source, QUESTIONS, GRADER)
    assert Counter(lines("\n".join(found.values()))) == Counter(lines(source))
    assert ran(source) == ran("\n".join(found[at] for at in sorted(found)))


def ran(source: str) -> tuple[object, ...]:
    """Return what a module makes of its names, or the exception it ends in."""
    names: dict[str, Any] = {}
    try:
        exec(source, names)
    except TypeError:  # a number and a list
        return ("failed",)
    return tuple(names[word] for word in "AbCDxy") + (
        names["f"].__defaults__ if "f" in names else ()
    )
