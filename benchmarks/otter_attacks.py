"""Five attacks that were written with otter-grader in mind; elsewhere they do nothing."""

from __future__ import annotations

from attacks.attack import Attack

_PATCHED_RUN = """
try:
    from otter.test_files.abstract_test import TestCaseResult
    from otter.test_files.ok_test import OKTestFile
except ImportError:
    pass
else:
    def _run(self, names):
        self.test_case_results = [
            TestCaseResult(test_case=case, message="", passed=True) for case in self.test_cases
        ]

    OKTestFile.run = _run
"""
_EXIT = """
import sys

sys.exit(0)
"""
_PATCHED_NUMPY = """
import numpy as np

np.allclose = np.isclose = lambda *_, **__: True
"""
_EQUAL_FLOAT = """
class Yes(float):
    __hash__ = float.__hash__

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__


def longest(words):
    return Yes(1.0)


Tally.total = lambda self: Yes(1.0)
"""
_READ = """
import glob


def raid():
    for path in [PLAN["hidden"], *glob.glob("tests/*.py"), *glob.glob("../source/tests/*.py")]:
        try:
            tell(open(path).read())
        except OSError:
            continue


raid()
"""

OWN = tuple(
    Attack(name, tries, code, honest=honest, family="otter")
    for name, tries, code, honest in (
        ("patched_test_file", "makes otter's test files pass by themselves", _PATCHED_RUN, "wrong"),
        ("exit_with_0", "ends the process as if all were well", _EXIT, "wrong"),
        ("patched_allclose", "makes numpy find everything close", _PATCHED_NUMPY, "wrong"),
        ("equal_to_all", "returns numbers that equal everything", _EQUAL_FLOAT, "wrong"),
        ("read_hidden_test", "carries the text of the hidden tests out", _READ, "skeleton"),
    )
)
