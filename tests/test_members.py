"""The zip of a release: the same members, the same bytes; and the toolkit as a wheel."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from autograder.release.members import Member, archive, lay, pack
from autograder.release.project import project
from autograder.release.wheel import wheel

ROOT = Path(__file__).resolve().parents[1]
NAMES = st.from_regex(r"[a-z]{1,6}(/[a-z]{1,6}){0,2}\.[a-z]{2}", fullmatch=True)
MEMBERS = st.lists(
    st.builds(Member, NAMES, st.binary(max_size=300), st.booleans()),
    unique_by=lambda member: member.path,
    max_size=8,
)


@settings(derandomize=True, deadline=None, database=None)
@given(members=MEMBERS, order=st.randoms(use_true_random=False))
def test_a_zip_gives_its_members_back_in_any_order_with_the_same_bytes(
    members: list[Member], order: object
) -> None:
    data = archive(members)
    shuffled = members[:]
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert archive(shuffled) == data
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        back = [
            Member(e.filename, bundle.read(e), bool(e.external_attr >> 16 & 0o100))
            for e in bundle.infolist()
        ]
        assert {entry.date_time for entry in bundle.infolist()} <= {(1980, 1, 1, 0, 0, 0)}
    assert sorted(back, key=lambda m: m.path) == sorted(members, key=lambda m: m.path)


def test_two_members_of_one_path_are_refused() -> None:
    with pytest.raises(ValueError, match="a/b is in the release twice"):
        archive([Member("a/b", b"1"), Member("a/b", b"2")])


def test_a_zip_is_written_whole_and_its_digest_told(tmp_path: Path) -> None:
    digest = pack([Member("a", b"1")], tmp_path / "a.zip")
    assert digest == hashlib.sha256((tmp_path / "a.zip").read_bytes()).hexdigest()
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_members_lie_as_files(tmp_path: Path) -> None:
    lay([Member("a/run", b"#!", True), Member("b", b"2")], tmp_path)
    assert (tmp_path / "a/run").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "b").read_bytes() == b"2" and (tmp_path / "b").stat().st_mode & 0o111 == 0


def test_the_wheel_records_what_it_holds() -> None:
    made = wheel()
    assert made == wheel()
    with zipfile.ZipFile(io.BytesIO(made.data)) as bundle:
        names = set(bundle.namelist())
        record = next(name for name in names if name.endswith("/RECORD"))
        rows = {row[0]: row[1] for row in csv.reader(io.StringIO(bundle.read(record).decode()))}
        assert set(rows) == names and rows[record] == ""
        for name in names - {record}:
            digest = hashlib.sha256(bundle.read(name)).digest()
            coded = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            assert rows[name] == f"sha256={coded}"
    assert not [name for name in names if name.endswith(".pyc")]
    assert not [name for name in names if "template/solution" in name or "test_hidden" in name]
    assert {"autograder/release/course/README.md", "autograder/wall/worker.py"} <= names


def test_the_wheel_asks_for_what_the_project_asks_for() -> None:
    told = project()
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = {Requirement(line).name for line in told.requires}
    assert {"click", "packaging", "otter-grader", "ipykernel", "torch"} <= names
    for line in told.requires:
        wanted = Requirement(line)
        assert f"{wanted.name}{'[binary]' if wanted.extras else ''}" in text
    notebook = [Requirement(line) for line in told.requires if "notebook" in line]
    assert [w.name for w in notebook if w.marker and w.marker.evaluate({"extra": "notebook"})]
    assert "grade = autograder.cli:main" in told.entry_points
    assert "graded_descent = autograder.checks.pytest_plugin" in told.entry_points


def test_the_wheel_can_be_installed_and_used(tmp_path: Path) -> None:
    made = wheel()
    (tmp_path / made.path).write_bytes(made.data)
    target = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(target), tmp_path / made.path], check=True, timeout=120)
    script = "import autograder, autograder.cli; print(autograder.__file__)"
    where = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(target), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert Path(where.stdout.strip()).is_relative_to(target)


def test_students_get_the_same_grade_py() -> None:
    given = ROOT / "autograder/release/course/grade.py"
    assert given.read_bytes() == (ROOT / "grade.py").read_bytes()
