"""What only a PostgreSQL server can show; what it shares with SQLite is in test_gradebook.

scripts/postgres.sh .venv/bin/python -m pytest tests/test_gradebook.py tests/test_postgres.py
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from test_gradebook import NO_SERVER, SERVER, connected, database, hurried, still
from test_tables import classes, cohort, student

from autograder.classroom.gradebook import GradebookError, keep, recall
from autograder.cohort import Cohort, Standing, Status

pytestmark = pytest.mark.skipif(not SERVER, reason=NO_SERVER)


@pytest.fixture(scope="module")
def shared() -> Iterator[str]:
    with database(SERVER) as url:
        yield url


@pytest.fixture
def url() -> Iterator[str]:
    with database(SERVER) as place:
        yield place


def test_each_form_of_the_url_is_understood(url: str) -> None:
    rest = url.removeprefix("postgresql://")
    keep(cohort(), f"postgresql://{rest}")
    for scheme in ("postgres", "postgresql+psycopg"):
        assert recall("a1", f"{scheme}://{rest}") == still(cohort())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some=classes)
def test_any_class_comes_back(shared: str, some: Cohort) -> None:
    keep(some, shared)
    assert recall(some.assignment, shared) == still(some)
    keep(hurried(some, 2.5), shared)
    assert recall(some.assignment, shared) == still(some)


def test_students_come_back_in_our_order_not_in_the_server_s(url: str) -> None:
    keys = ("B", "a", "b", "a-b", "aa", "é", "z")
    standings = tuple(Standing(student(key), Status.MISSING) for key in keys)
    keep(replace(cohort(), standings=standings), url)
    with connected(url) as connection:
        for table in ("students", "standings"):  # a changed row goes to the end of its table
            name = "key" if table == "students" else "student"
            change = f"UPDATE {table} SET assignment = assignment WHERE {name} < 'b'"
            connection.execute(sa.text(change))
        theirs = list(connection.scalars(sa.text("SELECT key FROM students ORDER BY key")))
    ours = [standing.student.key for standing in recall("a1", url).standings]
    assert ours == sorted(keys) and theirs != ours


def test_a_wrong_password_is_not_repeated(url: str) -> None:
    wrong = sa.make_url(url).set(password="s3cr3t@/").render_as_string(hide_password=False)
    for use in (lambda: keep(cohort(), wrong), lambda: recall("a1", wrong)):
        with pytest.raises(GradebookError, match="password authentication failed") as caught:
            use()
        assert "s3cr3t" not in "".join(traceback.format_exception(caught.value))


def test_an_empty_and_an_unknown_database_are_told_apart(url: str) -> None:
    with pytest.raises(GradebookError, match="holds none yet"):
        recall("a1", url)
    there = sa.make_url(url).set(database="graded_nowhere").render_as_string(hide_password=False)
    with pytest.raises(GradebookError, match='"graded_nowhere" does not exist'):
        recall("a1", there)


def test_a_user_without_rights_is_told_so(url: str) -> None:
    keep(cohort(), url)
    place = sa.make_url(url)
    with connected(url) as connection:
        connection.execute(sa.text("DROP ROLE IF EXISTS graded_guest"))
        connection.execute(sa.text("CREATE ROLE graded_guest LOGIN PASSWORD 'guest'"))
    guest = place.set(username="graded_guest", password="guest")
    try:
        with pytest.raises(GradebookError, match="permission denied"):
            recall("a1", guest.render_as_string(hide_password=False))
    finally:
        with connected(url) as connection:
            connection.execute(sa.text("DROP ROLE graded_guest"))


def test_a_reader_sees_all_of_a_class_or_the_one_before(url: str) -> None:
    """Each class has its number in every part: none may be read half of one, half of another."""

    def numbered(number: int) -> Cohort:
        standings = tuple(replace(s, work=str(number)) for s in cohort().standings)
        return replace(cohort(), title=str(number), standings=standings)

    keep(numbered(0), url)
    done = threading.Event()

    def write() -> None:
        try:
            for number in range(1, 30):
                keep(numbered(number), url)
        finally:
            done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    while not done.is_set():
        found = recall("a1", url)
        assert {standing.work for standing in found.standings} == {found.title}
        seen.add(found.title)
    writer.join()
    assert recall("a1", url).title == "29" and seen
