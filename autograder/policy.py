"""What a course rules about hand-ins: lateness, attempts, and what students see on Gradescope."""

from __future__ import annotations

from dataclasses import dataclass

LEADERBOARD = ("accuracy", "parameters")
MOST_MINUTES = 40
VISIBILITY = ("hidden", "after_published")


@dataclass(frozen=True)
class Late:
    """What lateness costs: `per_day` per cent of the points for every day begun, at most `most`.

    Nothing is lost within `grace_minutes` of the due date.
    """

    per_day: float = 0.0
    most: float = 100.0
    grace_minutes: float = 0.0


@dataclass(frozen=True)
class Attempts:
    """How often work may be graded: `most` times in all, `within` times in `hours`; 0: any."""

    most: int = 0
    within: int = 0
    hours: float = 24.0


@dataclass(frozen=True)
class Publication:
    """What students see on Gradescope.

    `hidden` is the visibility of hidden checks, `hints` whether hints are shown,
    `leaderboard` the figures that are ranked, `minutes` the time limit set on the platform.
    """

    hidden: str = "hidden"
    hints: bool = True
    leaderboard: tuple[str, ...] = ()
    minutes: float = 10.0
