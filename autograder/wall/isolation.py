"""How far a student's code is kept apart, and what to say where that is not far enough.

A layer's state is a text: it begins with "ok" where the layer holds, with "partly" where a
part of it does, else it says why not.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from autograder.wall.process import LaunchError


class Isolation(str, Enum):
    """`REQUIRED` refuses a machine that lacks a layer, `BEST_EFFORT` takes what there is."""

    REQUIRED = "required"
    BEST_EFFORT = "best-effort"
    OFF = "off"


NOT_SEPARATE = (
    "This machine cannot separate your code from the grader (needs root or Linux 5.13 or newer "
    "with Landlock)."
)
REFUSED = f"{NOT_SEPARATE} Public checks only; hidden checks refused."
EXPOSED = (
    "Without Landlock, the hidden checks have to be closed to other users: chmod -R o= solutions"
)
NOTHING_RUN = "Nothing was run; your work is kept."
UNREADABLE = (
    "Python at {path} cannot be read by the user that student code runs as; install it under /opt."
)
_WHY = {
    "process": "there is no process apart",
    "files": NOT_SEPARATE,
    "network": "This machine cannot keep student code off the network (needs Linux with seccomp).",
    "kill": "This machine cannot be sure to end every process of a student (needs Linux).",
}


class IsolationError(LaunchError):
    """A layer that is required is not there: nothing of the student's was run."""


def missing(layers: Mapping[str, str]) -> tuple[str, ...]:
    """Return which of the required layers do not hold: process, files, network, kill.

    Files are kept apart by another user or by Landlock; either is enough.
    """
    held = {name for name, state in layers.items() if state.startswith("ok")}
    have = {
        "process": "process" in held,
        "files": bool(held & {"uid", "landlock"}),
        "network": "seccomp" in held,
        "kill": "kill" in held,
    }
    return tuple(name for name, there in have.items() if not there)


def why(layers: Mapping[str, str]) -> str:
    """Return the sentences for what is missing; nothing where all required layers hold."""
    return " ".join(_WHY[name] for name in missing(layers))
