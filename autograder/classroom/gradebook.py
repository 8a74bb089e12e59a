"""The gradebook: graded classes in a database, in SQLite or, by its url, in PostgreSQL.

`keep` replaces everything of one assignment in one transaction, `recall` gives the cohort back.
Each report is stored whole, and is what `recall` reads; scores, marks and findings are drawn out
of it for whoever asks in SQL.

Equal cohorts give equal bytes: nothing that a clock said is stored, and an SQLite gradebook is
written anew, sorted, beside the old one, whose place it then takes in one step.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL

from autograder.classroom.rows import restore, storable, store
from autograder.classroom.schema import TABLES, Assignments, Base, Rows
from autograder.cohort import Cohort

PATIENCE = 60  # seconds to wait for another command that writes the same gradebook

_LITE, _LARGE = "sqlite", "postgresql+psycopg"
_DRIVERS = {
    "sqlite": _LITE,
    "sqlite+pysqlite": _LITE,
    "postgres": _LARGE,
    "postgresql": _LARGE,
    "postgresql+psycopg": _LARGE,
}
_LOCK = 0x67726164  # of PostgreSQL: one command at a time writes a gradebook there


class GradebookError(Exception):
    """The database cannot be used: in words for the instructor, without its password."""


class NoGradebook(GradebookError):
    """There is nothing yet of this assignment at the url."""


def keep(cohort: Cohort, url: str) -> None:
    """Store the cohort at the url; it replaces all that was there of its assignment.

    Raises GradebookError when the database cannot be written (it is then as it was before),
    ValueError when two standings are of one student or a number is nan or infinite.
    """
    place, rows = _place(url), store(cohort)
    with _in_words(place):
        if place.drivername == _LITE:
            _rebuild(_file(place), rows)
            return
        with _connected(place) as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            Base.metadata.create_all(connection)
            connection.execute(sa.delete(Assignments).where(Assignments.name == _name(rows)))
            _insert(connection, rows)


def recall(assignment: str, url: str) -> Cohort:
    """Return the stored cohort of an assignment; the seconds in its reports are 0.

    Raises GradebookError when there is none, or the database cannot be read.
    """
    place = _place(url)
    with _in_words(place):
        if place.drivername == _LITE and not _file(place).is_file():
            raise NoGradebook(f"There is no gradebook at {_shown(place)}: grade a class first.")
        snapshot = {} if place.drivername == _LITE else {"isolation_level": "REPEATABLE READ"}
        with _connected(place, **snapshot) as connection:
            names = _names(connection)
            if storable(assignment) not in names:
                raise NoGradebook(
                    f"The gradebook at {_shown(place)} holds no class for {assignment}: it holds "
                    f"{', '.join(names) or 'none yet'}. Grade the class first."
                )
            stored = _stored(connection, storable(assignment))
    try:
        return restore(stored)
    except (KeyError, TypeError, ValueError) as error:
        raise GradebookError(
            f"The gradebook at {_shown(place)} was written by another version of this program, or "
            f"changed by hand: {error}. Grade the class again."
        ) from error


def _rebuild(file: Path, rows: Rows) -> None:
    """Write the gradebook anew, with the rows in the place of that assignment's old ones."""
    new = file.with_name(f".{file.name}.new")
    with _alone(file):
        _remove(new)
        try:
            new.touch()
            if file.exists():
                shutil.copymode(file, new)
            with _connected(_lite(new)) as connection:
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")
                Base.metadata.create_all(connection)
                for each in _merged(file, rows):
                    _insert(connection, each)
            _refuse_writers(file)
            os.replace(new, file)
        finally:
            _remove(new)


def _merged(file: Path, fresh: Rows) -> Iterator[Rows]:
    """Yield the rows of every assignment in the order of their names, the fresh ones among them."""
    if not file.exists():
        yield fresh
        return
    with _connected(_lite(file)) as old:
        for name in sorted({*_names(old), _name(fresh)}):
            yield fresh if name == _name(fresh) else _stored(old, name)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Wait until no other command writes this gradebook, then keep them out.

    A lock of SQLite on an empty file beside it: it ends with the process, on every system.
    """
    lock = file.with_name(f".{file.name}.lock")
    with closing(sqlite3.connect(lock, timeout=PATIENCE, isolation_level=None)) as held:
        held.execute("BEGIN EXCLUSIVE")
        yield


def _refuse_writers(file: Path) -> None:
    """Refuse to replace a file while another program's changes wait beside it: they would be lost
    or, worse, be applied to the new one."""
    for end in ("-wal", "-journal"):
        beside = file.with_name(file.name + end)
        if beside.exists() and beside.stat().st_size:
            raise GradebookError(
                f"Another program has changes to {file} open. Save and close it there, then "
                "run this command again. Nothing was changed."
            )


def _remove(file: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + end).unlink(missing_ok=True)


@contextmanager
def _connected(place: URL, **options: Any) -> Iterator[sa.Connection]:
    """Give a connection in one transaction, and close it."""
    lite = place.drivername == _LITE
    patience = {"timeout": PATIENCE} if lite else {"connect_timeout": 10}
    engine = sa.create_engine(
        place, poolclass=sa.NullPool, hide_parameters=True, connect_args=patience, **options
    )
    with engine.begin() as connection:
        if lite:
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        yield connection


def _names(connection: sa.Connection) -> list[str]:
    if not sa.inspect(connection).has_table(Assignments.__tablename__):
        return []
    return sorted(connection.scalars(sa.select(Assignments.name)))


def _name(rows: Rows) -> str:
    return str(rows[Assignments][0]["name"])


def _stored(connection: sa.Connection, name: str) -> Rows:
    """Return all rows of an assignment, sorted as `store` sorts them."""
    found: Rows = {}
    for table in TABLES:
        columns = list(sa.inspect(table).primary_key)
        query = sa.select(sa.inspect(table).local_table).where(columns[0] == name)
        rows = [dict(row) for row in connection.execute(query).mappings()]
        # In Python: a server sorts texts by the rules of its own language.
        parts = [column.name for column in columns]
        found[table] = sorted(rows, key=lambda row: [row[part] for part in parts])
    return found


def _insert(connection: sa.Connection, rows: Rows) -> None:
    for table in TABLES:
        if rows[table]:
            connection.execute(sa.insert(table), rows[table])


def _place(url: str) -> URL:
    """Return the url, parsed, with the driver that this package uses."""
    try:
        place = sa.make_url(url)
        driver = _DRIVERS[place.drivername]
    except (exc.ArgumentError, ValueError, KeyError):
        raise GradebookError(
            "This is not the url of a gradebook. Write sqlite:///FILE, or "
            "postgresql://USER:PASSWORD@HOST:PORT/NAME with %-codes for special characters."
        ) from None
    if driver == _LITE and (not place.database or place.database.startswith((":", "file:"))):
        raise GradebookError("This url names no file. Write sqlite:///FILE, such as grades.db.")
    return place.set(drivername=driver)


def _file(place: URL) -> Path:
    return Path(place.database or "").resolve()


def _lite(file: Path) -> URL:
    return URL.create(_LITE, database=str(file))


def _shown(place: URL) -> str:
    """Return the url without its password and its options, which may hold one."""
    return place.set(query={}).render_as_string(hide_password=True)


@contextmanager
def _in_words(place: URL) -> Iterator[None]:
    """Turn every error of the database and of its files into words."""
    try:
        yield
    except ModuleNotFoundError:
        wanted = "pip install 'graded-descent[postgres]'"
        raise GradebookError(f"PostgreSQL needs a package that is not here: {wanted}") from None
    except (exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise GradebookError(_said(error, place)) from None


def _said(error: Exception, place: URL) -> str:
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    said = " ".join(str(cause or error).split())
    secrets = [place.password, *(v for k, v in place.normalized_query.items() if "pass" in k)]
    for secret in (s for s in secrets for s in ([s] if isinstance(s, str) else s or ())):
        for form in filter(None, (secret, quote(secret), quote_plus(secret))):
            said = said.replace(form, "***")
    if isinstance(error, exc.IntegrityError | exc.DataError):
        advice = "That is a fault of ours, not of the database: please report it."
    elif place.drivername == _LITE:
        advice = "Check the path, and that no other program holds it."
    else:
        advice = "Check that the server runs, and that host, name, user and password are right."
    return f"The gradebook at {_shown(place)} cannot be used: {said}. {advice}"
