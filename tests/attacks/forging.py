"""Forging the result: the file, the exit code, what is printed, what is sent."""

from __future__ import annotations

from attacks.attack import CHECKS, Attack, Control

TABLE = (
    Attack(
        "write_results_and_leave",
        "writes the file of results itself and ends the process",
        """
try:
    with open(PLAN["results"], "w") as file:
        file.write('{"score": 100}')
except OSError:
    pass
_os._exit(0)
""",
        control=Control.SCRIPT,
    ),
    Attack(
        "leave_with_success",
        "ends the process with exit code 0 before a test runs",
        "\n_os._exit(0)\n",
        control=Control.EXIT,
    ),
    Attack(
        "ask_to_leave",
        "raises SystemExit(0) at its import",
        "\nraise SystemExit(0)\n",
        control=Control.EXIT,
    ),
    Attack(
        "leave_in_a_call",
        "answers the first questions rightly, then ends the process in a call",
        """
def longest(words):
    _os._exit(0)
""",
        honest="half",
        control=Control.EXIT,
    ),
    Attack(
        "print_a_score",
        "prints the line in which a grader reports the score",
        "\nprint('SCORE 100', flush=True)\n",
        control=Control.STDOUT,
    ),
    Attack(
        "print_report_lines",
        "clears the screen and prints a report of its own, in every call",
        """
LINES = "\\x1b[2J\\x1b[H\\x1b]0;passed\\x07\\nSCORE 100\\nScore 100 / 100\\n\\u202e\\u200b"


def square_sum(values):
    print(LINES, flush=True)
    raise ValueError(LINES)
""",
        control=Control.STDOUT,
    ),
    Attack(
        "write_wire_bytes",
        "writes answers in the format of the wire to every descriptor",
        """
def frame(number, value):
    body = _json.dumps({"body": {"!": "dict", "v": [["id", number], ["ok", value]]}, "blobs": []})
    return b"GDW1" + len(body).to_bytes(4, "big") + body.encode()


def raid():
    forged = b"".join(frame(number, 14.0) for number in range(1, 9))
    _os.write(1, b"\\nSCORE 100\\n")
    for number in range(1, 30):
        try:
            _os.write(number, forged)
        except OSError:
            continue
""",
        honest="wrong",
        control=Control.STDOUT,
    ),
    Attack(
        "swap_the_wire",
        "reads the questions from the wire itself and answers all of them at once",
        """
import threading as _threading


def _answer():
    while True:
        for number in range(3, 12):
            try:
                _os.write(number, b"GDW1\\0\\0\\0\\x1b" + b'{"body": true, "blobs": []}')
            except OSError:
                continue


def raid():
    print("SCORE 100", flush=True)
    _threading.Thread(target=_answer, daemon=True).start()
""",
        control=Control.STDOUT,
    ),
    Attack(
        "answer_with_a_pickle",
        "answers with an object that runs a command where it is unpickled",
        """
class Answer(float):
    def __reduce__(self):
        return _os.system, (f"echo {PLAN['token']} >> {PLAN['drop']}/unpickled",)


def square_sum(values):
    return Answer(4.0)
""",
        control=Control.PICKLE,
    ),
    Attack(
        "skip_every_test",
        "raises pytest's own exception for a test that is skipped",
        """
def square_sum(*args):
    import pytest

    pytest.skip("not today")


normalise = longest = Tally = square_sum
""",
        control=Control.PYTEST_EXIT,
    ),
    Attack(
        "raise_the_graders_exceptions",
        "raises what our own checks raise when they cannot judge",
        """
def square_sum(*args):
    from pytest import skip

    from autograder.checks.failure import Skipped

    class Both(skip.Exception, Skipped):
        pass

    raise Both("needs a GPU")


def normalise(*args):
    from pytest import skip

    from autograder.wall.process import LaunchError

    class Both(skip.Exception, LaunchError):
        pass

    raise Both("this machine is broken")


def longest(*args):
    from pytest import skip

    class Flaky(skip.Exception):
        pass

    raise Flaky("flaky")


Tally = square_sum
""",
        control=Control.PYTEST_EXIT,
    ),
    Attack(
        "interrupt_the_grader",
        "raises KeyboardInterrupt and GeneratorExit in calls, as if a person had stopped it",
        """
def square_sum(values):
    raise KeyboardInterrupt


def normalise(matrix):
    raise GeneratorExit


print("SCORE 100", flush=True)
""",
        control=Control.STDOUT,
    ),
    Attack(
        "become_a_printer",
        "replaces the process by a program that prints the score",
        """
def square_sum(values):
    _os.execv("/bin/sh", ["sh", "-c", "echo SCORE 100"])
""",
        honest="half",
        lost=(CHECKS[0], CHECKS[4]),
        control=Control.STDOUT,
    ),
)
