"""Changing the judge from within: libraries, the runner, the comparison, the import system."""

from __future__ import annotations

from attacks.attack import Attack, Control

EQUAL = """
class Equal:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = None
"""

LIBRARIES = (
    Attack(
        "patch_numpy",
        "makes every comparison of numpy true",
        """
np.isclose = np.allclose = np.array_equal = lambda *args, **named: True
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **named: None
""",
        honest="wrong",
        control=Control.SCRIPT,
    ),
    Attack(
        "patch_what_expect_uses",
        "makes numpy's `all` true, which the comparison of our checks ends in",
        "\nnp.all = lambda *args, **named: True\n",
        honest="wrong",
        control=Control.INLINE,
    ),
    Attack(
        "patch_expect",
        "replaces the methods of our own comparison",
        """
from autograder.checks.expect import Expectation

for name in ("close", "equals", "that"):
    setattr(Expectation, name, lambda *args, **named: None)
""",
        honest="wrong",
        control=Control.INLINE,
    ),
    Attack(
        "patch_the_runner",
        "replaces the function that runs a check by one in which all pass",
        """
import autograder.checks.run as run
import autograder.grading as grading


def passed(check, bench):
    return run.CheckResult(check.name, check.title, run.Outcome.PASSED)


run.run_check = grading.run_check = passed
""",
        honest="wrong",
        control=Control.INLINE,
    ),
    Attack(
        "patch_the_report",
        "makes every question of the report worth its full points",
        """
from autograder.report import QuestionResult, Report

QuestionResult.exact = QuestionResult.earned = property(lambda self: self.possible)
Report.earned = property(lambda self: 100)
""",
        honest="wrong",
        control=Control.INLINE,
    ),
    Attack(
        "patch_the_wire",
        "replaces the encoding of the wire by one that answers what was asked for",
        """
import autograder.checks.run as run
from autograder.wall import session, transport, wire

genuine = session.reply


def reply(asked, message):
    run.classify = lambda error, exchange: (run.Outcome.PASSED, None)
    return genuine(asked, message)


session.reply = reply


def square_sum(values):
    session.reply = reply
    run.classify = lambda error, exchange: (run.Outcome.PASSED, None)
    return 0.0
""",
        honest="wrong",
        control=Control.INLINE,
    ),
    Attack(
        "patch_json",
        "makes the writer of results write full marks",
        "\n_json.dumps = lambda *args, **named: '{\"score\": 100}'\n",
        control=Control.SCRIPT,
        honest="wrong",
    ),
    Attack(
        "patch_pathlib",
        "makes whatever file is written hold full marks",
        """
import pathlib

genuine = pathlib.Path.write_text
pathlib.Path.write_text = lambda self, text, *args: genuine(self, '{"score": 100}')
""",
        control=Control.SCRIPT,
    ),
    Attack(
        "patch_builtins",
        "replaces built-in functions that graders call",
        """
import builtins

builtins.bool = type("bool", (int,), {"__new__": lambda cls, value=0: True})
builtins.any = lambda things: False
""",
        honest="wrong",
        control=Control.INLINE,
    ),
    Attack(
        "patch_pytest",
        "replaces pytest's method that runs a test",
        """
import _pytest.python

_pytest.python.Function.runtest = lambda self: None
""",
        control=Control.PYTEST,
    ),
    Attack(
        "swap_the_code_of_tests",
        "finds the test functions in memory and gives them an empty body",
        """
import gc


def raid():
    for thing in gc.get_objects():
        if type(thing) is type(tell) and thing.__name__.startswith("test_"):
            if not thing.__closure__:
                thing.__code__ = (lambda *args, **named: None).__code__
""",
        control=Control.SCRIPT,
    ),
    Attack(
        "swap_the_code_of_checks",
        "finds our check functions in memory and gives them an empty body",
        """
import gc


def raid():
    for thing in gc.get_objects():
        if type(thing).__name__ == "Check":
            thing.function.__code__ = (lambda *args, **named: None).__code__


def square_sum(values):
    raid()
    return 0.0
""",
        control=Control.INLINE,
    ),
    Attack(
        "names_of_the_caller",
        "rewrites the global names of the test that calls it",
        EQUAL
        + """

def square_sum(values):
    frame = _sys._getframe()
    while frame is not None:
        if "ANSWERS" in frame.f_globals:
            frame.f_globals["ANSWERS"] = {"longest": Equal(), "total": Equal(), "squares": 0.0}
        frame = frame.f_back
    return 0.0
""",
        honest="wrong",
        control=Control.SCRIPT,
    ),
    Attack(
        "trace_the_grader",
        "sets a trace function that swallows what a comparison raises",
        """
def follow(frame, event, argument):
    if frame.f_code.co_name == "run_check":
        names = frame.f_globals
        names["classify"] = lambda error, exchange: (names["Outcome"].PASSED, None)
    return follow


_sys.settrace(follow)
""",
        honest="wrong",
        control=Control.INLINE,
    ),
)

IMPORTS = (
    Attack(
        "replace_a_module",
        "puts a module of its own in the place of one that is imported later",
        EQUAL
        + """
import types

fake = types.ModuleType("autograder.checks.exact")
fake.exact = lambda value: Equal()
fake.ExactError = ValueError
_sys.modules["autograder.checks.exact"] = fake
""",
        honest="wrong",
        control=Control.INLINE,
    ),
    Attack(
        "hook_the_imports",
        "answers later imports from a finder of its own",
        EQUAL
        + """
import importlib.machinery


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "autograder.checks.exact":
            return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.exact = lambda value: Equal()
        module.ExactError = ValueError


_sys.modules.pop("autograder.checks.exact", None)
_sys.meta_path.insert(0, Finder())
""",
        honest="wrong",
        control=Control.INLINE,
    ),
    Attack(
        "conftest_beside",
        "hands in a conftest.py in which every test passes",
        "",
        control=Control.PYTEST,
        beside={"conftest.py": "def pytest_pyfunc_call(pyfuncitem):\n    return True\n"},
    ),
    Attack(
        "numpy_beside",
        "hands in a numpy.py, which is found before the real one",
        "",
        control=Control.FRESH,
        beside={"numpy.py": "import os\nos._exit(77)\n"},
    ),
    Attack(
        "sitecustomize_beside",
        "hands in a sitecustomize.py, which Python imports when it starts",
        "",
        control=Control.FRESH,
        beside={"sitecustomize.py": "import os\nos._exit(77)\n"},
    ),
    Attack(
        "standard_module_beside",
        "hands in a module with the name of one of the standard library",
        "",
        control=Control.FRESH,
        beside={"fractions.py": "import os\nos._exit(77)\n"},
    ),
)

TABLE = LIBRARIES + IMPORTS
