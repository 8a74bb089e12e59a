"""Why a request has no answer: the worker says why, or it ended, or it could not import."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from autograder.report import Finding
from autograder.wall import answer
from autograder.wall.launch import WorkerDied

_RUNNING, _IMPORTING = "while running ", "while importing "


def died(death: WorkerDied, name: str, limit: str, where: str) -> Finding:
    """Say how the worker ended while it ran `name`; `limit` is the time that it had, in words."""
    if not death.timeout:
        hint = "a graded file must not end or replace the process it runs in"
        return Finding("died", f"{_RUNNING}{name}, {death}", hint, where=where)
    hint = "look for a loop that never ends, or for work that grows too fast"
    return Finding("timeout", f"{name} did not finish within {limit}", hint, where=where)


def unimportable(found: Finding) -> Finding:
    """Say of what went wrong while the module was loaded that it was its import."""
    said = found.message
    if said.startswith(_RUNNING):
        return replace(found, kind="import", message=_IMPORTING + said.removeprefix(_RUNNING))
    return replace(found, kind="import", message=f"importing {said}")


def refused(told: dict[str, Any], name: str, file: str, note: str = "") -> Finding:
    """Say why a worker that goes on has no answer: `told` is what it claims.

    `note` tells of an error in a notebook's cell: what stood below it was never run.
    """
    if "missing" in told:
        found = answer.missing(told.get("found"), name, file)
        if not note:
            return found
        hint = "mend that cell first: what stands below its error did not run"
        return replace(found, message=f"{found.message}; {note}", hint=hint)
    if "raised" in told:
        return answer.raised(told["raised"], name)
    return answer.unsendable(told.get("unsendable"), name)
