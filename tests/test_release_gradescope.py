"""The autograder zip: what is in it, the same bytes every time, what is refused."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from clean_root import side

from autograder.assignment import Assignment, load
from autograder.release.gradescope import GradescopeError, lacks_images, members
from autograder.release.members import Member, archive, lay
from autograder.release.new import new

ROOT = Path(__file__).resolve().parents[1]
LIGHT = load("bn_matrix", ROOT)
HEAVY = load("lenet", ROOT)
SYSTEM_PYTHON = Path("/usr/bin/python3")


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No data set of this machine is found."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.delenv("GRADER_DATA", raising=False)


def table(found: list[Member]) -> dict[str, Member]:
    return {member.path: member for member in found}


@pytest.mark.parametrize("assignment", [LIGHT, HEAVY], ids=lambda one: one.name)
def test_the_zip_holds_what_the_platform_runs_and_nothing_else(assignment: Assignment) -> None:
    name, found = assignment.name, table(members(assignment, ROOT))
    runs = {path for path, member in found.items() if member.executable}
    assert runs == {"setup.sh", "run_autograder"}
    for path in runs:
        assert found[path].data.startswith(b"#!/usr/bin/env bash\n")
        assert b"\r" not in found[path].data
    wheels = [path for path in found if path.endswith(".whl")]
    assert len(wheels) == 1 and "/" not in wheels[0]
    for wanted in (
        *("requirements.txt", "constraints.txt", "python-version"),
        f"assignments/{name}/assignment.toml",
        f"assignments/{name}/test_public.py",
        f"assignments/{name}/.original/{assignment.module}",
        f"solutions/{name}/{assignment.module}",
        f"solutions/{name}/test_hidden.py",
    ):
        assert wanted in found
    for path in found:
        parts = path.split("/")
        assert not path.startswith("/") and ".." not in parts and "\\" not in path
        assert not {"wrong", "right", "__pycache__", "tests"} & set(parts)
        assert not path.endswith((".pyc", ".DS_Store"))
    assert {p.split("/")[1] for p in found if p.startswith(("assign", "solut"))} == {name}


def test_no_file_names_a_place_on_this_machine() -> None:
    for member in members(LIGHT, ROOT):
        data = member.data
        if member.path.endswith(".whl"):
            with zipfile.ZipFile(io.BytesIO(data)) as wheel:
                data = b"".join(wheel.read(name) for name in wheel.namelist())
        assert str(ROOT).encode() not in data, member.path


def test_the_same_tree_gives_the_same_bytes(tmp_path: Path) -> None:
    first = archive(members(LIGHT, ROOT))
    for folder in ("assignments", "solutions"):
        shutil.copytree(ROOT / folder / LIGHT.name, tmp_path / folder / LIGHT.name)
    shutil.copy(ROOT / "constraints.txt", tmp_path)
    (tmp_path / "solutions" / LIGHT.name / "__pycache__").mkdir(exist_ok=True)
    (tmp_path / "solutions" / LIGHT.name / "__pycache__" / "bn.pyc").write_bytes(b"junk")
    (tmp_path / "solutions" / LIGHT.name / ".DS_Store").write_bytes(b"junk")
    assert archive(members(load(LIGHT.name, tmp_path), tmp_path)) == first


def test_a_changed_secret_changes_the_zip_and_a_link_is_refused(tmp_path: Path) -> None:
    new("fresh", tmp_path)
    shutil.copy(ROOT / "constraints.txt", tmp_path)
    first = archive(members(load("fresh", tmp_path), tmp_path))
    (tmp_path / "solutions/fresh/table.csv").write_text("1\n")
    second = members(load("fresh", tmp_path), tmp_path)
    assert archive(second) != first and "solutions/fresh/table.csv" in table(second)
    (tmp_path / "solutions/fresh/link").symlink_to("/etc/passwd")
    with pytest.raises(GradescopeError, match="solutions/fresh/link is a link"):
        members(load("fresh", tmp_path), tmp_path)


@pytest.mark.parametrize("python", ["3.9", "2.7", "3", "3.x", "", "3.10.1", "3.10\n", "4.0"])
def test_a_python_that_cannot_be_is_refused(python: str) -> None:
    with pytest.raises(GradescopeError, match="oldest that works"):
        members(LIGHT, ROOT, python=python)


def test_an_unknown_backend_and_a_missing_pin_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(GradescopeError, match="own or otter"):
        members(LIGHT, ROOT, backend="nbgrader")
    with pytest.raises(GradescopeError, match=r"constraints\.txt cannot be read"):
        members(LIGHT, tmp_path)


def test_missing_images_are_told(tmp_path: Path) -> None:
    assert "--data" in lacks_images(HEAVY, [])
    assert lacks_images(LIGHT, []) == ""
    (tmp_path / "cifar-10-batches-py").mkdir()
    (tmp_path / "cifar-10-batches-py" / "test_batch").write_bytes(b"pictures")
    made = members(HEAVY, ROOT, data=tmp_path)
    assert lacks_images(HEAVY, made) == ""
    assert table(made)["data/cifar-10-batches-py/test_batch"].data == b"pictures"


@pytest.fixture(scope="module")
def otters() -> list[Member]:
    pytest.importorskip("otter")
    return members(LIGHT, ROOT, python="3.12", backend="otter")


@pytest.mark.slow
def test_the_zip_of_otter_holds_tests_files_and_a_warning(otters: list[Member]) -> None:
    found = table(otters)
    assert {p for p, m in found.items() if m.executable} == {"setup.sh", "run_autograder"}
    assert {f"tests/{q.id}.py" for q in LIGHT.questions} <= found.keys()
    assert f"files/solutions/{LIGHT.name}/test_hidden.py" in found
    assert b"hidden=True" in found["tests/q1.py"].data
    assert b"full marks" in found["READ_ME_FIRST.md"].data
    environment = found["environment.yml"].data.decode()
    assert "python=3.12" in environment and "graded-descent @ file:///autograder" in environment
    assert archive(members(LIGHT, ROOT, python="3.12", backend="otter")) == archive(otters)


@pytest.mark.slow
@pytest.mark.parametrize(("who", "share"), [("solution", 1), ("folder", 0)])
def test_otter_grades_what_it_was_given(
    otters: list[Member], tmp_path: Path, who: str, share: int
) -> None:
    """The last step of otter's own run_autograder; its environment of conda is not built here."""
    base = tmp_path / "base"
    lay(otters, base / "source")
    for name in ("submission", "results"):
        (base / name).mkdir()
    shutil.copy(getattr(LIGHT, who) / LIGHT.module, base / "submission")
    (base / "submission_metadata.json").write_text(json.dumps(side.METADATA))
    code = "import sys; from otter.run.run_autograder import main; main(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, str(base)], cwd=base, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads((base / "results/results.json").read_text())
    scores = sum(test.get("score", 0) for test in told["tests"])
    assert scores == pytest.approx(share * LIGHT.points)


@pytest.mark.skipif(not SYSTEM_PYTHON.exists(), reason="there is no other Python")
def test_without_otter_its_zip_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(SYSTEM_PYTHON))
    if subprocess.run([sys.executable, "-c", "import otter"], capture_output=True).returncode == 0:
        pytest.skip("this system's own Python has otter")
    with pytest.raises(GradescopeError, match="pip install"):
        members(LIGHT, ROOT, backend="otter")
