"""The tables of the gradebook.

A student is stored with each assignment anew: what one class list says of a name or an id never
changes what an older one said.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Double, ForeignKey, ForeignKeyConstraint, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {str: Text(), float: Double()}  # noqa: RUF012


def _part() -> Mapped[Any]:
    """Return a column of the primary key; the first one names the assignment."""
    return mapped_column(primary_key=True)


def _assignment() -> Mapped[Any]:
    return mapped_column(ForeignKey("assignments.name", ondelete="CASCADE"), primary_key=True)


def _of(table: str, column: str) -> ForeignKeyConstraint:
    there = (f"{table}.assignment", f"{table}.{column}")
    return ForeignKeyConstraint(("assignment", "student"), there, ondelete="CASCADE")


class Assignments(Base):
    """`facts` is JSON: a list of pairs."""

    __tablename__ = "assignments"
    name: Mapped[str] = _part()
    title: Mapped[str]
    possible: Mapped[float]
    facts: Mapped[str]


class Questions(Base):
    __tablename__ = "questions"
    assignment: Mapped[str] = _assignment()
    position: Mapped[int] = _part()
    id: Mapped[str]
    title: Mapped[str]
    points: Mapped[float]


class Students(Base):
    """`ids` is JSON: a list of pairs."""

    __tablename__ = "students"
    assignment: Mapped[str] = _assignment()
    key: Mapped[str] = _part()
    name: Mapped[str]
    ids: Mapped[str]


class Standings(Base):
    """`score` is NULL where a person has to decide; `report` is JSON, NULL where there is none."""

    __tablename__ = "standings"
    __table_args__ = (_of("students", "key"),)
    assignment: Mapped[str] = _part()
    student: Mapped[str] = _part()
    score: Mapped[float | None]
    possible: Mapped[float]
    status: Mapped[str]
    reason: Mapped[str]
    attempts: Mapped[int]
    late: Mapped[bool]
    submitted: Mapped[str]
    submission: Mapped[str]
    source: Mapped[str]
    work: Mapped[str]
    grader: Mapped[str]
    report: Mapped[str | None]


class Marks(Base):
    """What one question earned; `earned` is NULL where our grader broke on it."""

    __tablename__ = "marks"
    __table_args__ = (_of("standings", "student"),)
    assignment: Mapped[str] = _part()
    student: Mapped[str] = _part()
    position: Mapped[int] = _part()
    question: Mapped[str]
    earned: Mapped[float | None]
    possible: Mapped[float]
    outcome: Mapped[str]


class Findings(Base):
    """What one check saw that it did not want; what a hidden one saw is for staff only."""

    __tablename__ = "findings"
    __table_args__ = (_of("standings", "student"),)
    assignment: Mapped[str] = _part()
    student: Mapped[str] = _part()
    position: Mapped[int] = _part()
    question: Mapped[str]
    check: Mapped[str]
    outcome: Mapped[str]
    hidden: Mapped[bool]
    kind: Mapped[str]
    message: Mapped[str]
    hint: Mapped[str]


TABLES: tuple[type[Base], ...] = (Assignments, Questions, Students, Standings, Marks, Findings)
Row = dict[str, Any]
Rows = dict[type[Base], list[Row]]
