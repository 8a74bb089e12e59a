"""The gradebook gives a class back as it was, in SQLite and, where there is one, in PostgreSQL.

scripts/postgres.sh .venv/bin/python -m pytest tests/test_gradebook.py tests/test_postgres.py
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from test_tables import classes, cohort, report, student

from autograder.classroom import gradebook
from autograder.classroom.gradebook import GradebookError, keep, recall
from autograder.classroom.rows import storable, store, untimed
from autograder.classroom.schema import Students
from autograder.cohort import Cohort, Standing, Status

SERVER = os.environ.get("GRADED_POSTGRES", "")
NO_SERVER = "no server: run this with scripts/postgres.sh, or set GRADED_POSTGRES to a url"


@contextmanager
def database(server: str) -> Iterator[str]:
    """Give the url of a new database, which sorts texts by English rules, not by code points."""
    name = f"graded_{uuid.uuid4().hex}"
    place = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(place, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    rules = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C.UTF-8'"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} {rules}")
        try:
            plain = place.set(database=name, drivername="postgresql")
            yield plain.render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'grades.db'}"
    elif SERVER:
        with database(SERVER) as place:
            yield place
    else:
        pytest.skip(NO_SERVER)


@contextmanager
def connected(url: str) -> Iterator[Any]:
    place = sa.make_url(url)
    if place.drivername == "postgresql":
        place = place.set(drivername="postgresql+psycopg")
    with sa.create_engine(place, poolclass=sa.NullPool).begin() as connection:
        if place.drivername == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        yield connection


def asked(url: str, query: str) -> list[tuple[Any, ...]]:
    with connected(url) as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def still(some: Cohort) -> Cohort:
    """Return the cohort as it comes back: no seconds, sorted, and what a database can hold."""

    def one(standing: Standing) -> Standing:
        who = replace(
            standing.student,
            key=storable(standing.student.key),
            name=storable(standing.student.name),
        )
        names = ("reason", "submitted", "submission", "source", "work", "grader")
        texts = {name: storable(getattr(standing, name)) for name in names}
        found = standing.report and untimed(standing.report)
        return replace(standing, student=who, report=found, **texts)

    return replace(
        some,
        title=storable(some.title),
        questions=tuple((storable(id), storable(title), p) for id, title, p in some.questions),
        standings=tuple(sorted(map(one, some.standings), key=lambda s: s.student.key)),
    )


def test_a_class_comes_back_as_it_was(url: str) -> None:
    keep(cohort(), url)
    assert recall("a1", url) == still(cohort())
    assert recall("a1", url) != cohort(), "seconds are not kept"


def test_keeping_again_replaces_that_assignment_alone(url: str) -> None:
    other = replace(cohort(), assignment="a0", title="Another")
    fewer = replace(cohort(), standings=cohort().standings[2:], facts=(), questions=())
    for each in (cohort(), other, fewer):
        keep(each, url)
    assert recall("a0", url) == still(other)
    assert recall("a1", url) == still(fewer)
    counts = asked(url, "SELECT assignment, count(*) FROM standings GROUP BY 1 ORDER BY 1")
    assert counts == [("a0", 6), ("a1", 4)]


def test_a_class_of_nobody_comes_back(url: str) -> None:
    nobody = Cohort("a1", "", 0, (), ())
    keep(cohort(), url)
    keep(nobody, url)
    assert recall("a1", url) == nobody


def test_whoever_asks_in_sql_finds_scores_marks_and_findings(url: str) -> None:
    keep(cohort(), url)
    query = "SELECT student, score, status, late FROM standings ORDER BY score, student"
    rows = {row[0]: row[1:] for row in asked(url, query)}
    assert {key: row[0] for key, row in rows.items()} == {
        **{"ada": 22.5, "eve": 5.0, "gil": None, "han": 7.5, "ida": 0.0, "joe": 0.0}
    }
    assert rows["eve"][1:] == ("graded", True) and rows["gil"][1] == "grader fault"
    marks = asked(url, "SELECT question, earned, possible, outcome FROM marks WHERE student='gil'")
    assert sorted(marks) == [("q1", 15.0, 15.0, "passed"), ("q2", None, 7.5, "error")]
    findings = asked(
        url,
        'SELECT student, question, "check", outcome, hidden, kind, message, hint FROM findings '
        "WHERE student IN ('eve', 'gil') ORDER BY student, position",
    )
    seen = ("3 was wanted", "count again")
    assert findings == [
        ("eve", "q1", "test_a", "failed", False, "value", *seen),
        ("eve", "q2", "test_b", "failed", True, "value", *seen),
        ("gil", "q2", "test_b", "error", True, "error", *seen),
    ]
    assert asked(url, "SELECT id, title, points FROM questions ORDER BY position") == [
        ("q1", "the mean", 15.0),
        ("q2", 'scale, "shift"', 7.5),
    ]


def test_what_belongs_to_an_assignment_goes_with_it(url: str) -> None:
    keep(cohort(), url)
    with pytest.raises(sa.exc.IntegrityError), connected(url) as connection:
        connection.execute(sa.text("INSERT INTO students VALUES ('none', 'x', '', '[]')"))
    with connected(url) as connection:
        connection.execute(sa.text("DELETE FROM assignments"))
    for table in ("questions", "students", "standings", "marks", "findings"):
        assert asked(url, f"SELECT count(*) FROM {table}") == [(0,)]


def test_texts_that_no_database_can_hold_lose_only_that(url: str) -> None:
    one = replace(student("a", "A\x00\ud800B"), ids=(("sid", "\x00\ud800"),))
    failed = report("failed")
    some = Cohort("a1", "\x00t", 1, (("q\x00", "\udfff", 1.0),), (Standing(one, Status.GRADED),))
    some = replace(
        some, standings=(replace(some.standings[0], report=replace(failed, title="\x00")),)
    )
    keep(some, url)
    back = recall("a1", url)
    assert back == still(some)
    assert back.standings[0].student.name == "A\ufffd\ufffdB"
    assert back.standings[0].report == replace(untimed(failed), title="\x00")


def test_a_failed_write_leaves_the_class_as_it_was(url: str) -> None:
    keep(cohort(), url)
    broken = replace(cohort().standings[-1], attempts=None)  # type: ignore[arg-type]
    with pytest.raises(GradebookError, match=r"attempts.*a fault of ours"):
        keep(replace(cohort(), title="new", standings=(*cohort().standings[:2], broken)), url)
    assert recall("a1", url) == still(cohort())


def test_a_standing_of_nobody_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = store(cohort())
    rows[Students] = rows[Students][1:]
    monkeypatch.setattr(gradebook, "store", lambda _: rows)
    with pytest.raises(GradebookError, match=r"(?i)foreign key.*a fault of ours"):
        keep(cohort(), url)


@pytest.mark.parametrize(
    "change, said",
    [
        ({"possible": float("nan")}, "nan"),
        ({"questions": (("q1", "t", float("inf")),)}, "inf"),
        ({"standings": cohort().standings[:1] * 2}, "'ada'"),
        (
            {"standings": tuple(Standing(student(f"x{c}"), Status.MISSING) for c in "\x00\ud800")},
            "keys must differ",
        ),
    ],
)
def test_what_is_no_class_is_not_kept(change: dict[str, Any], said: str, url: str) -> None:
    keep(cohort(), url)
    with pytest.raises(ValueError, match=said):
        keep(replace(cohort(), **change), url)
    assert recall("a1", url) == still(cohort())


def test_an_unknown_assignment_is_named_with_what_is_there(url: str) -> None:
    for name in ("b2", "a1"):
        keep(replace(cohort(), assignment=name), url)
    with pytest.raises(GradebookError, match=r"no class for a2: it holds a1, b2\."):
        recall("a2", url)


def test_a_report_of_another_version_is_refused_in_words(url: str) -> None:
    keep(cohort(), url)
    with connected(url) as connection:
        connection.execute(
            sa.text("UPDATE standings SET report = '{\"schema\": 9}' WHERE score > 9")
        )
    with pytest.raises(GradebookError, match=r"another version of this program.*schema 9"):
        recall("a1", url)


def test_commands_at_the_same_time_lose_nothing(url: str) -> None:
    names = [f"a{n}" for n in range(6)]
    wrong: list[BaseException] = []

    def write(name: str) -> None:
        try:
            keep(replace(cohort(), assignment=name), url)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in (*names, "a0", "a0")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    for name in names:
        assert recall(name, url) == still(replace(cohort(), assignment=name))


# From here on: SQLite, the file.


def lite(file: Path) -> str:
    return f"sqlite:///{file}"


def hurried(some: Cohort, seconds: float) -> Cohort:
    """Return the same class, graded in another time and another order of students."""

    def one(standing: Standing) -> Standing:
        found = standing.report
        if found is None:
            return standing
        questions = tuple(
            replace(q, checks=tuple(replace(c, seconds=seconds) for c in q.checks))
            for q in found.questions
        )
        facts = dict(reversed(found.facts.items()))
        return replace(
            standing, report=replace(found, questions=questions, seconds=seconds, facts=facts)
        )

    standings = list(map(one, some.standings))
    random.Random(seconds).shuffle(standings)
    return replace(some, standings=tuple(standings))


def big(name: str) -> Cohort:
    """A class that fills many pages of a file."""
    keys = (f"s{n * 37 % 60:03d}" for n in range(60))
    standings = (Standing(student(key, key * 9), Status.GRADED, report("failed")) for key in keys)
    return replace(cohort(), assignment=name, standings=tuple(standings))


def test_equal_classes_make_equal_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one.db", tmp_path / "two.db"
    names = ["b", "a", "Z", "é"]
    for name in names:
        keep(big(name), lite(one))
    for name in (*reversed(names), "a", "b"):
        keep(replace(big(name), title="before", standings=big(name).standings[:9]), lite(two))
        keep(hurried(big(name), 3.5), lite(two))
    assert one.read_bytes() == two.read_bytes()
    keep(replace(big("a"), title="x"), lite(two))
    assert one.read_bytes() != two.read_bytes()


def test_equal_numbers_make_equal_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one.db", tmp_path / "two.db"
    for file, kind in ((one, int), (two, float)):
        found = report()
        question = replace(found.questions[0], possible=kind(15))
        checks = tuple(replace(c, weight=kind(1), share=kind(0)) for c in question.checks)
        changed = replace(found, questions=(replace(question, checks=checks),))
        ada = replace(cohort().standings[0], report=changed)
        keep(replace(cohort(), possible=kind(15), standings=(ada,)), lite(file))
    assert one.read_bytes() == two.read_bytes()


SCRIPT = """
import sys
sys.path.insert(0, {tests!r})
from test_gradebook import big, hurried, keep, lite
from pathlib import Path
for name in "abc":
    keep(hurried(big(name), float(sys.argv[2])), lite(Path(sys.argv[1])))
"""


def test_another_process_makes_the_same_bytes(tmp_path: Path) -> None:
    script = SCRIPT.format(tests=str(Path(__file__).parent))
    made = []
    for seed in ("1", "2"):
        file = tmp_path / f"{seed}.db"
        environ = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(
            [sys.executable, "-c", script, str(file), seed], env=environ, check=True, timeout=120
        )
        made.append(file.read_bytes())
    assert made[0] == made[1]


@settings(max_examples=25, deadline=None)
@given(classes)
def test_any_class_comes_back_and_makes_the_same_bytes(some: Cohort) -> None:
    with TemporaryDirectory() as folder:
        one, two = Path(folder, "one.db"), Path(folder, "two.db")
        keep(some, lite(one))
        assert recall(some.assignment, lite(one)) == still(some)
        keep(hurried(some, 2.5), lite(two))
        assert one.read_bytes() == two.read_bytes()


def test_the_file_is_whole_and_stands_alone(tmp_path: Path) -> None:
    file = tmp_path / "grades.db"
    keep(cohort(), lite(file))
    keep(cohort(), lite(file))
    recall("a1", lite(file))
    assert {path.name for path in tmp_path.iterdir()} == {"grades.db", ".grades.db.lock"}
    assert file.read_bytes()[18:20] == b"\2\2", "the mark of WAL in a file's head"
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_who_may_read_the_file_stays_as_it_was(tmp_path: Path) -> None:
    file, link = tmp_path / "grades.db", tmp_path / "link.db"
    keep(cohort(), lite(file))
    file.chmod(0o600)
    link.symlink_to(file)
    keep(big("b"), lite(link))
    assert file.stat().st_mode & 0o777 == 0o600 and link.is_symlink()
    assert recall("a1", lite(file)) == still(cohort())


def test_a_reader_sees_the_class_before_or_after(tmp_path: Path) -> None:
    file = tmp_path / "grades.db"
    keep(cohort(), lite(file))
    with closing(sqlite3.connect(file)) as reader:
        rows = reader.execute("SELECT title FROM assignments")
        keep(replace(cohort(), title="after"), lite(file))
        assert rows.fetchall() == [("Batch norm",)]
    assert recall("a1", lite(file)).title == "after"


def test_changes_of_another_program_are_not_lost(tmp_path: Path) -> None:
    file = tmp_path / "grades.db"
    keep(cohort(), lite(file))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("UPDATE assignments SET title = 'by hand'")
        with pytest.raises(GradebookError, match="Another program has changes"):
            keep(big("b"), lite(file))
    keep(big("b"), lite(file))
    assert recall("a1", lite(file)).title == "by hand"


def test_a_command_waits_for_another_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "grades.db"
    keep(cohort(), lite(file))
    monkeypatch.setattr(gradebook, "PATIENCE", 0.1)
    with closing(sqlite3.connect(tmp_path / ".grades.db.lock", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GradebookError, match="locked"):
            keep(big("b"), lite(file))
    keep(big("b"), lite(file))


def test_what_an_ended_command_left_is_no_hindrance(tmp_path: Path) -> None:
    file = tmp_path / "grades.db"
    keep(cohort(), lite(file))
    before = file.read_bytes()
    (tmp_path / ".grades.db.new").write_bytes(b"half of it")
    (tmp_path / ".grades.db.new-wal").write_bytes(b"more")
    keep(cohort(), lite(file))
    assert file.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2


def garbage(folder: Path) -> Path:
    path = folder / "grades.db"
    path.write_bytes(b"key,name,score\n" * 99)
    return path


def directory(folder: Path) -> Path:
    path = folder / "grades.db"
    path.mkdir()
    return path


def foreign(folder: Path) -> Path:
    path = folder / "grades.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE assignments (other TEXT)")
    return path


@pytest.mark.parametrize("made", [garbage, directory, foreign], ids=lambda f: f.__name__)
def test_what_is_no_gradebook_is_refused_and_left_alone(
    made: Callable[[Path], Path], tmp_path: Path
) -> None:
    path = made(tmp_path)
    before = path.read_bytes() if path.is_file() else None
    for use in (lambda: keep(cohort(), lite(path)), lambda: recall("a1", lite(path))):
        with pytest.raises(GradebookError) as caught:
            use()
        assert str(path) in str(caught.value)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_reading_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(GradebookError, match="There is no gradebook"):
        recall("a1", lite(tmp_path / "none.db"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url, said",
    [
        ("", "Write sqlite:///FILE"),
        ("grades.db", "Write sqlite:///FILE"),
        ("mysql://ta:s3cr3t@host/x", "Write sqlite:///FILE"),
        ("postgresql+psycopg2://ta:s3cr3t@host/x", "Write sqlite:///FILE"),
        ("postgresql://ta:s3cr3t@host:po/x", "Write sqlite:///FILE"),
        ("postgresql://ta:s3/cr3t@host/x", "cannot be used"),
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file:x?uri=true", "names no file"),
        ("sqlite:////no/such/folder/grades.db", "/no/such/folder"),
        ("postgresql://ta:s3cr3t@127.0.0.1:9/x", "ta:***@127.0.0.1:9/x cannot be used"),
        ("postgres://ta:s3cr3t@127.0.0.1:9/x", "Connection refused"),
        ("postgresql://ta@127.0.0.1:9/x?password=s3cr3t", "Connection refused"),
        ("postgresql://ta:s3cr3t@127.0.0.1:9/x?nonsense=s3cr3t", "nonsense"),
    ],
)
def test_a_database_that_cannot_be_used_is_named_without_its_password(url: str, said: str) -> None:
    if url.startswith("postgres"):
        pytest.importorskip("psycopg")
    for use in (lambda: keep(cohort(), url), lambda: recall("a1", url)):
        with pytest.raises(GradebookError) as caught:
            use()
        told = "".join(traceback.format_exception(caught.value))
        assert said in str(caught.value)
        assert "s3cr3t" not in told and "cr3t@" not in told


@pytest.mark.parametrize("repeated", ["p@ss w/", "p%40ss%20w/", "p%40ss+w%2F", "s3cr3t"])
def test_a_server_that_repeats_the_password_is_not_quoted(repeated: str) -> None:
    place = sa.make_url("postgresql://ta:p%40ss%20w%2F@host/x?sslpassword=s3cr3t")
    told = gradebook._said(OSError(f"no such thing: '{repeated}'"), place)
    assert "'***'" in told and repeated not in told
