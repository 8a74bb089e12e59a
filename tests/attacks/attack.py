"""What an attack is: a hand-in, what it tries, and the grader against which it works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

COURSE = Path(__file__).with_name("course")
CHECKS = (
    "test_squares_of_small_numbers",
    "test_rows_of_a_small_matrix",
    "test_longest_of_three",
    "test_tally_of_two",
    "test_squares_of_drawn_numbers",
    "test_rows_of_drawn_matrices",
    "test_longest_of_many",
    "test_tallies_do_not_share",
)
SQUARES = (CHECKS[0], CHECKS[4])
ROWS = (CHECKS[1], CHECKS[5])
LONGEST = (CHECKS[2], CHECKS[6])
TALLY = (CHECKS[3], CHECKS[7])


class Control(str, Enum):
    """The grader without the layer: the attack must work there, or it is none.

    `OFF` is ours without isolation, `INLINE` ours with the student in the judge's process; the
    others are what many course graders do (see `naive.py`).
    """

    OFF = "off"
    INLINE = "inline"
    SCRIPT = "script"
    PYTEST = "pytest"
    PYTEST_EXIT = "pytest_exit"
    FRESH = "fresh"
    STDOUT = "stdout"
    EXIT = "exit"
    PICKLE = "pickle"
    UNPACK = "unpack"
    NET = "net"


@dataclass(frozen=True)
class Attack:
    """One hand-in: honest code of some quality, with an attack beside it.

    `honest` names the code of `course/honest`, whose outcomes are the only ones it may get;
    `lost` are checks that it may lose besides, because the attack costs itself something.
    `control` is where it works, `seconds` how long that is waited for. `late` attacks strike
    after the answer: both runs then wait. `beside` are more files of the hand-in.
    `needs` names what the control must have; `open` says why an attack still gets through, which
    an `owner` does only where student code keeps the user of the judge.
    """

    name: str
    tries: str
    code: str
    honest: str = "skeleton"
    control: Control = Control.OFF
    lost: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 4.0
    late: bool = False
    slow: bool = False
    needs: str = ""
    open: str = ""
    owner: bool = False
    family: str = ""
    assignment: str = "sums"

    @property
    def source(self) -> str:
        """The text of the student's file."""
        texts = [COURSE / "honest" / f"{self.honest}.py"]
        texts += [COURSE / "rig.py"] * (self.assignment == "sums")
        return "\n\n".join([*(path.read_text(encoding="utf-8") for path in texts), self.code])
