"""The autograder zip: what is in it, the same bytes every time, and that it really runs."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from clean_root import side
from clean_root.hostile import hostile
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from autograder.assignment import Assignment, load
from autograder.release import gradescope, pins
from autograder.release.gradescope import GradescopeError, lacks_images, members
from autograder.release.members import Member, archive, lay
from autograder.release.new import new
from autograder.release.pixels import test_images as images

ROOT = Path(__file__).resolve().parents[1]
CLEAN_ROOT = ROOT / "scripts" / "clean_root.sh"
LIGHT = load("bn_matrix", ROOT)
HEAVY = load("lenet", ROOT)
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


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


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("torch", [False, True])
def test_every_version_is_pinned_for_every_python(python: str, torch: bool) -> None:
    lists = pins.requirements(ROOT / "constraints.txt", python, "toolkit.whl", torch)
    lines = lists["requirements.txt"].splitlines()
    assert lines[-1] == "./toolkit.whl" and lines[1] == "-c constraints.txt"
    options = [line for line in lines if line.startswith("--")]
    assert options == [f"--extra-index-url {pins.CPU_INDEX}"] * torch
    wanted = {r.name: r for r in map(Requirement, (ln for ln in lines if ln[0].isalnum()))}
    assert {"numpy", "sympy", "hypothesis", "click", "rich"} <= wanted.keys()
    assert ("torch" in wanted, "safetensors" in wanted) == (torch, torch)
    assert ("tomli" in wanted) == (python == "3.10")
    assert not {"otter-grader", "mypy", "ruff", "sqlalchemy", "playwright"} & wanted.keys()
    known = pins.read(ROOT / "constraints.txt", python)
    for name, requirement in wanted.items():
        if name in known and name != "torch":
            assert str(requirement) == f"{name}=={known[name]}"
        assert requirement.marker is None
    assert {name for name in wanted if name not in known} <= {"tomli"}
    if torch:
        assert str(wanted["torch"]) == f"torch=={known['torch']}+cpu"
    fixed = lists["constraints.txt"].splitlines()
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+", line) for line in fixed)
    assert not [line for line in fixed if line.startswith("torch==")]


def test_numpy_of_the_oldest_python_is_one_that_has_it() -> None:
    oldest, newest = (pins.read(ROOT / "constraints.txt", python) for python in ("3.10", "3.13"))
    assert oldest["numpy"] != newest["numpy"]


@settings(derandomize=True, deadline=None, database=None)
@given(text=st.text(max_size=80))
def test_any_text_as_constraints_is_read_or_refused_by_name(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("pins") / "constraints.txt"
    file.write_text(text, encoding="utf-8", newline="")
    try:
        found = pins.read(file, "3.12")
    except pins.UnknownPin as error:
        assert "constraints.txt" in str(error)
    else:
        assert all(name and version for name, version in found.items())


def lay_mnist(place: Path) -> None:
    place.mkdir(parents=True)
    for stem in ("train", "t10k"):
        for kind in ("images-idx3", "labels-idx1"):
            (place / f"{stem}-{kind}-ubyte.gz").write_bytes(gzip.compress(stem.encode(), mtime=0))


def test_test_images_go_along_and_training_images_stay(tmp_path: Path) -> None:
    lay_mnist(tmp_path / "data" / "mnist")
    found = images("mnist", tmp_path / "data")
    kinds = ("images-idx3", "labels-idx1")
    assert [path for path, _ in found] == [f"mnist/t10k-{kind}-ubyte.gz" for kind in kinds]
    (tmp_path / "data/mnist/t10k-labels-idx1-ubyte.gz").unlink()
    assert images("mnist", tmp_path / "data") == []


@pytest.mark.parametrize("name", ["cifar-10-batches-py", "cifar-10-batches-bin"])
def test_of_the_official_files_only_the_test_batch_goes(tmp_path: Path, name: str) -> None:
    ending = ".bin" if name.endswith("bin") else ""
    (tmp_path / name).mkdir()
    for batch in ("data_batch_1", "test_batch"):
        (tmp_path / name / f"{batch}{ending}").write_bytes(batch.encode())
    assert images("cifar10", tmp_path) == [(f"{name}/test_batch{ending}", b"test_batch")]


def test_pictures_go_as_one_tar_of_the_same_bytes(tmp_path: Path) -> None:
    names = [f"{part}/cat/{n}.jpg" for part in ("test", "train") for n in (1, 0)]
    for order, ending in ((names, ""), (names[::-1], ".gz")):
        place = tmp_path / (ending or "plain")
        place.mkdir()
        with tarfile.open(place / f"cifar10-jpeg.tar{ending}", f"w:{ending[1:]}") as tar:
            for name in order:
                entry = tarfile.TarInfo(f"cifar10/{name}")
                entry.size, entry.mtime = len(name), order.index(name)
                tar.addfile(entry, io.BytesIO(name.encode()))
    (first,), (second,) = (images("cifar10", tmp_path / end) for end in ("plain", ".gz"))
    assert first == second and first[0] == "cifar10-jpeg.tar"
    with tarfile.open(fileobj=io.BytesIO(first[1])) as tar:
        assert tar.getnames() == ["test/cat/0.jpg", "test/cat/1.jpg"]


def test_a_folder_of_other_things_is_not_walked_for_images(tmp_path: Path) -> None:
    (tmp_path / "test" / "holiday").mkdir(parents=True)
    (tmp_path / "test" / "holiday" / "me.jpg").write_bytes(b"private")
    assert images("cifar10", tmp_path) == []


def test_missing_images_are_told(tmp_path: Path) -> None:
    assert "--data" in lacks_images(HEAVY, [])
    assert lacks_images(LIGHT, []) == ""
    (tmp_path / "cifar-10-batches-py").mkdir()
    (tmp_path / "cifar-10-batches-py" / "test_batch").write_bytes(b"pictures")
    made = members(HEAVY, ROOT, data=tmp_path)
    assert lacks_images(HEAVY, made) == ""
    assert table(made)["data/cifar-10-batches-py/test_batch"].data == b"pictures"


SCRIPTS = [gradescope.PLATFORM / name for name in gradescope.SCRIPTS]


@pytest.mark.parametrize("script", [*SCRIPTS, CLEAN_ROOT], ids=lambda path: path.name)
def test_scripts_are_bash(script: Path) -> None:
    done = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert b"\r" not in script.read_bytes()


def run_autograder(base: Path, home: Path) -> subprocess.CompletedProcess[str]:
    script = gradescope.PLATFORM / "run_autograder"
    environment = {**os.environ, "GRADED_DESCENT": str(home)}
    command = ["bash", str(script), str(base)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_a_grader_that_is_gone_leaves_a_valid_result(tmp_path: Path) -> None:
    done = run_autograder(tmp_path, tmp_path / "gone")
    assert done.returncode == 0 and "for staff" in done.stderr
    said, good = side.look(tmp_path / "results/results.json")
    assert good, said
    told = json.loads((tmp_path / "results/results.json").read_text())
    assert told["score"] == 0 and "not your fault" in told["output"]


@pytest.mark.parametrize("code", ["raise SystemExit(1)", "import os; os.kill(os.getpid(), 9)"])
def test_a_grader_that_dies_at_once_leaves_a_valid_result(tmp_path: Path, code: str) -> None:
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text(f"#!{sys.executable}\n{code}\n")
    python.chmod(0o755)
    assert run_autograder(tmp_path, tmp_path).returncode != 0
    said, good = side.look(tmp_path / "results/results.json")
    assert good, said


def test_the_grader_is_given_the_base_and_its_result_stays(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text('#!/bin/sh\necho "$@" > "$4/results/results.json"\n')
    python.chmod(0o755)
    assert run_autograder(tmp_path, tmp_path).returncode == 0
    told = (tmp_path / "results/results.json").read_text()
    assert told == f"-I -m autograder.gradescope {tmp_path}\n"


def test_setup_names_what_to_choose_where_its_python_is_missing(tmp_path: Path) -> None:
    for member in members(LIGHT, ROOT, python="3.77"):
        target = tmp_path / member.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(member.data)
    environment = {**os.environ, "GRADED_DESCENT": str(tmp_path / "home")}
    done = subprocess.run(
        ["bash", str(tmp_path / "setup.sh")], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1 and not (tmp_path / "home").exists()
    assert "no python3.77" in done.stderr and "--python" in done.stderr


@pytest.mark.parametrize(
    ("content", "good"),
    [
        ('{"score": 1}', True),
        ('{"score": NaN}', False),
        ('{"score": 1, "more": 2}', False),
        ('{"tests": [{"number": "1", "score": 1}, {"number": "1", "score": 1}]}', False),
        ("", False),
        ("[]", False),
    ],
)
def test_the_look_at_a_result_sees_what_is_wrong(tmp_path: Path, content: str, good: bool) -> None:
    (tmp_path / "results.json").write_text(content)
    assert side.look(tmp_path / "results.json")[1] is good


SYSTEM_PYTHON = Path("/usr/bin/python3")


def system_python() -> str:
    """Return the version of this system's Python, "" where it can make no environment."""
    code = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    if not SYSTEM_PYTHON.exists():
        return ""
    done = subprocess.run([str(SYSTEM_PYTHON), "-c", code], capture_output=True, text=True)
    return done.stdout.strip()


@pytest.mark.slow
@pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="needs root on Linux"
)
def test_the_zip_is_built_and_run_in_a_clean_root(tmp_path: Path) -> None:
    python = system_python()
    if python not in PYTHONS:
        pytest.skip("this system's /usr/bin/python3 is too old, or lacks its module venv")
    (tmp_path / "a.zip").write_bytes(archive(members(LIGHT, ROOT, python=python)))
    skeleton = (LIGHT.folder / LIGHT.module).read_text()
    assert LIGHT.solution is not None
    works = {
        "reference": (LIGHT.solution / LIGHT.module).read_text(),
        "skeleton": skeleton,
        "hostile": hostile(skeleton),
    }
    for name, source in works.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / LIGHT.module).write_text(source)
    given = [f"{name}={tmp_path / name}" for name in works]
    out = tmp_path / "out"
    command = ["bash", str(CLEAN_ROOT), str(tmp_path / "a.zip"), str(out), *given]
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=550)
    assert done.returncode == 0, done.stdout + done.stderr
    scores = {n: json.loads((out / n / "results.json").read_text())["score"] for n in works}
    assert scores == {"reference": LIGHT.points, "skeleton": 0, "hostile": 0}
    assert "LOOT" not in (out / "hostile" / "results.json").read_text()
    lines = (out / "summary.txt").read_text().splitlines()[1:]
    assert all("exit 0" in line and ", 0 processes left" in line for line in lines), lines


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
