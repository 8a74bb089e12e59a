"""Many machines: what travels, who may listen, and what happens when one of them is gone."""

from __future__ import annotations

import datetime
import os
import pickle
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_executors import (
    SLOW,
    Class,
    address,
    answers,
    course,
    make_course,
    one_by_one,
    sabotage,
    wait_until,
)
from test_wall import LINUX

from autograder.assignment import load
from autograder.classroom import cluster as module
from autograder.classroom import connect, parcel
from autograder.classroom.cluster import Cluster
from autograder.classroom.connect import Certificates, ClusterError, check_address
from autograder.classroom.parcel import ParcelError, digest, pack, pack_course, receive, send
from autograder.cohort import Status, status_of
from autograder.report import Report
from autograder.wall.process import LaunchError

__all__ = ["address", "course"]  # fixtures

# ---------------------------------------------------------------- addresses

HERE = ["tcp://127.0.0.1:8786", "127.9.8.7:1", "localhost:8786", "tcp://LOCALHOST:8786"]
HERE += ["tcp://[::1]:8786", "[::1]:8786"]
ELSEWHERE = ["tcp://10.0.0.1:8786", "10.0.0.1:8786", "tcp://grader.example.org:8786"]
ELSEWHERE += ["tcp://127.0.0.1.example.org:8786", "tcp://localhost.example.org:1", "0.0.0.0:1"]
ELSEWHERE += ["tcp://[::]:1", "tcp://2130706433:1", "tcp://127.0.0.1@example.org:1"]
NOWHERE = ["", "tcp://", "tls://", "tcp://127.0.0.1", "127.0.0.1", "tls://host", "tcp://:8786"]
NOWHERE += ["inproc://10.0.0.1/1/1", "ws://127.0.0.1:1", "ucx://127.0.0.1:1", "tls://h:99999"]
NOWHERE += ["http://127.0.0.1:8786", "tcp://tls://h:1", "tls://[::1", "tcp://127.0.0.1:port"]


@pytest.mark.parametrize("given_address", HERE)
def test_this_machine_may_be_spoken_to_openly(given_address: str) -> None:
    assert check_address(given_address) == "tcp"


@pytest.mark.parametrize("given_address", ["tls://10.0.0.1:8786", "tls://[fe80::1]:1", "tls://a:1"])
def test_another_machine_is_spoken_to_in_private(given_address: str) -> None:
    assert check_address(given_address) == "tls"


@pytest.mark.parametrize("given_address", ELSEWHERE)
def test_another_machine_is_not_spoken_to_openly(given_address: str) -> None:
    with pytest.raises(ClusterError, match=r"not encrypted: start .* --tls-ca-file"):
        check_address(given_address)


@pytest.mark.parametrize("given_address", NOWHERE)
def test_what_is_no_address_is_said(given_address: str) -> None:
    with pytest.raises(ClusterError, match="no address of a scheduler: tls://HOST:PORT was want"):
        check_address(given_address)


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    for prefix in ("", "tcp://", "tls://"):
        with suppress(ClusterError):
            assert check_address(prefix + text) in ("tcp", "tls")


# ---------------------------------------------------------------- parcels

NAME = st.text(st.characters(codec="utf-8", exclude_characters="/\\:\0"), min_size=1, max_size=9)
NAME = NAME.filter(lambda n: n not in (".", "..", "__pycache__", ".git") and n == n.strip())
PATH = st.lists(NAME, min_size=1, max_size=3).map("/".join)


@given(st.dictionaries(PATH, st.binary(max_size=50), max_size=6))
def test_a_folder_comes_out_as_it_went_in(files: dict[str, bytes]) -> None:
    import tempfile

    taken = {name for name in files if any(o != name and o.startswith(name + "/") for o in files)}
    files = {name: data for name, data in files.items() if name not in taken}
    with tempfile.TemporaryDirectory() as folder:
        parcel.unpack(files, Path(folder))
        assert pack(Path(folder)) == files
        below = pack(Path(folder), "a/b")
    assert below == {f"a/b/{name}": data for name, data in files.items()}
    assert digest(files) == digest(dict(reversed(files.items())))


@given(st.dictionaries(PATH, st.binary(max_size=9), min_size=1, max_size=4), st.data())
def test_a_digest_tells_contents_apart(files: dict[str, bytes], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(files)))
    assert digest(files) != digest({**files, name: files[name] + b"x"})
    assert digest(files) != digest({f"{n}x" if n == name else n: b for n, b in files.items()})
    assert digest(files) != digest({n: b for n, b in files.items() if n != name})


@pytest.mark.parametrize(
    "name", ["../out", "/out", "a/../../out", "", "a//b", ".", "a/.", "c:\\out", "..\\out", "a\0b"]
)
def test_nothing_is_written_outside(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(ParcelError, match="no path inside a folder"):
        parcel.unpack({name: b"data"}, tmp_path / "in")
    assert [p.name for p in tmp_path.rglob("*")] == ["in"]


def test_a_course_travels_whole_and_alone(tmp_path: Path) -> None:
    root = make_course(tmp_path / "course")
    (root / "solutions/small/__pycache__").mkdir()
    (root / "solutions/small/__pycache__/small.pyc").write_bytes(b"stale")
    files = pack_course(load("small", root))
    assert sorted(files) == [
        "assignments/small/assignment.toml",
        "assignments/small/small.py",
        "assignments/small/test_public.py",
        "solutions/small/small.py",
        "solutions/small/test_hidden.py",
    ]
    parcel.unpack(files, tmp_path / "there")
    there = load("small", tmp_path / "there")
    assert there.solution is not None and there.questions == load("small", root).questions
    modes = {stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "there").rglob("*") if p.is_dir()}
    assert modes <= {0o700, 0o755} and stat.S_IMODE(there.solution.stat().st_mode) == 0o700


def test_a_job_travels_without_a_path_of_the_sender(course: Class, tmp_path: Path) -> None:
    job = course.jobs["notebook"]
    sent = send(job)
    told = pickle.dumps(sent).replace(job.submission.source.encode(), b"")
    assert str(job.submission.folder).encode() not in told
    there = receive(pickle.loads(pickle.dumps(sent)), tmp_path).submission
    assert there.module.read_bytes() == job.submission.module.read_bytes()
    assert (there.digest, there.notes) == (job.submission.digest, job.submission.notes)


# ---------------------------------------------------------------- reaching a cluster


def test_without_dask_one_sentence_says_what_to_install(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r'pip install "graded-descent\[cluster\]"'):
        Cluster(course.task(), "tcp://127.0.0.1:8786")


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_is_not_there_is_said(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(connect, "CONNECT_SECONDS", 0.5)
    with pytest.raises(ClusterError, match=r"no scheduler answers at tcp://127.0.0.1:9 .*start"):
        Cluster(course.task(), "tcp://127.0.0.1:9")


def local(**options: Any) -> Any:
    distributed = pytest.importorskip("distributed")
    options = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": ":0", **options}
    return distributed.LocalCluster(**options)


def test_a_scheduler_without_workers_is_said(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WORKER_SECONDS", 0.2)
    said = r"has no worker: start one .* dask worker tcp://127"
    with local(n_workers=0) as machines, pytest.raises(ClusterError, match=said):
        Cluster(course.task(), machines.scheduler_address)


def test_workers_of_another_version_are_refused(
    course: Class, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.classroom import station

    monkeypatch.setattr(station, "__version__", "0.0.0")
    with pytest.raises(LaunchError, match="install the same version on all machines"):
        Cluster(course.task(), address)


def test_a_resource_that_no_worker_offers_is_said(course: Class, address: str) -> None:
    with pytest.raises(ClusterError, match=r'offers GPU=1: .* --resources "GPU=1"'):
        Cluster(course.task(), address, resources={"GPU": 1})


def test_a_job_goes_where_its_resource_is(course: Class) -> None:
    wanted = {"GPU": 1.0}
    with (
        local(n_workers=1, resources=wanted) as machines,
        Cluster(course.task(), machines.scheduler_address, resources=wanted) as cluster,
    ):
        (done,) = cluster.run([course.jobs["right"]])
    assert done.report["earned"] == 100


# ---------------------------------------------------------------- a run


def held(dask_scheduler: Any) -> tuple[int, int]:
    """Tell how many tasks and how many of our plugins a scheduler holds."""
    ours = [name for name in dask_scheduler.worker_plugins if name.startswith("graded-descent")]
    return len(dask_scheduler.tasks), len(ours)


def homes(root: Path) -> list[Path]:
    """Return the folders in which workers on this machine keep the course of `root`."""
    import tempfile

    packed = digest(pack_course(load("small", root)))
    return list(Path(tempfile.gettempdir()).glob(f"graded-{packed[:16]}-*"))


def test_nothing_of_a_run_is_kept(course: Class, address: str, tmp_path: Path) -> None:
    from distributed import Client

    # A course that nobody else on this machine grades just now.
    root = make_course(tmp_path / "course")
    with (root / "solutions/small/small.py").open("a") as file:
        file.write(f"# {os.urandom(8).hex()}\n")
    with Client(address, set_as_default=False) as watcher:
        with Cluster(Class(root, tmp_path).task(), address) as cluster:
            run = cluster.run(course.jobs.values())
            next(run)
            tasks, plugins = watcher.run_on_scheduler(held)
            assert tasks <= module.AHEAD * 2 and plugins == 1
            own = homes(root)
            assert len(own) == 2  # one a worker
            assert {stat.S_IMODE(path.stat().st_mode) for path in own} == {0o700}
            assert len(list(run)) == len(course.jobs) - 1
            assert wait_until(lambda: watcher.run_on_scheduler(held) == (0, 1))
        assert watcher.run_on_scheduler(held) == (0, 0)
    assert homes(root) == []


def pids(cluster: Cluster) -> list[int]:
    return list(cluster.client.run(os.getpid).values())


@LINUX
@pytest.mark.slow
def test_a_killed_worker_costs_nothing(course: Class, address: str, tmp_path: Path) -> None:
    pupils = Class(course.root, tmp_path)
    jobs = [pupils.add(f"slow{number}", f"{SLOW}# {number}\n") for number in range(6)]
    with Cluster(pupils.task(), address) as cluster:
        run = cluster.run(jobs)
        done = [next(run)]
        os.kill(pids(cluster)[0], signal.SIGKILL)
        done += run
    assert sorted(d.key for d in done) == sorted(job.key for job in jobs)
    assert answers(done) == one_by_one(pupils)


@LINUX
@pytest.mark.slow
def test_a_job_that_kills_its_worker_is_left_to_a_person(tmp_path: Path) -> None:
    pupils = sabotage(tmp_path, "import os; os.kill(os.getppid(), 9)")
    with (
        local(n_workers=1) as machines,
        Cluster(pupils.task(), machines.scheduler_address) as cluster,
    ):
        (done,) = cluster.run([pupils.jobs["right"]])
    status, reason = status_of(Report.from_dict(done.report))
    assert status is Status.FAULT and "the worker that graded this work was lost" in reason


@pytest.mark.slow
def test_a_worker_that_joins_later_can_take_part(course: Class) -> None:
    with (
        local(n_workers=1) as machines,
        Cluster(course.task(), machines.scheduler_address) as cluster,
    ):
        from autograder.classroom.station import carry_out

        first = cluster.client.nthreads()
        machines.scale(2)
        cluster.client.wait_for_workers(2, timeout=120)
        (late,) = set(cluster.client.nthreads()) - set(first)
        sent = send(course.jobs["right"])
        report = cluster.client.submit(carry_out, cluster.name, sent, workers=[late]).result()
    assert report["earned"] == 100


@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
def test_a_scheduler_that_goes_away_ends_the_run_in_words(course: Class, tmp_path: Path) -> None:
    pupils = Class(course.root, tmp_path)
    jobs = [pupils.add(f"slow{number}", f"{SLOW}# {number}\n") for number in range(8)]
    machines = local(n_workers=1)
    cluster = Cluster(pupils.task(), machines.scheduler_address)
    try:
        run = cluster.run(jobs)
        next(run)
        machines.close()
        with pytest.raises(ClusterError, match=r"the scheduler at .* is gone; start it"):
            list(run)
    finally:
        started = time.monotonic()
        cluster.close()
        assert time.monotonic() - started < 30


def test_processes_that_nobody_needs_for_long_are_ended(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    from types import SimpleNamespace

    from autograder.classroom import station

    monkeypatch.setattr(station, "IDLE_SECONDS", 0.1)
    own = station.Station(course.task(), pack_course(load("small", course.root)))
    own.setup(SimpleNamespace(address="here"))
    try:
        for _ in range(2):  # another one is started when it is needed again
            assert own.carry_out(send(course.jobs["right"]))["earned"] == 100
            assert wait_until(lambda: not own.pools)
    finally:
        own.teardown(None)
    assert not own.folder.exists()
    with pytest.raises(LaunchError, match="the run is over"):
        own.carry_out(send(course.jobs["right"]))


# ---------------------------------------------------------------- TLS


def write_certificates(folder: Path, name: str) -> Certificates:
    """Make an authority and a certificate for this machine."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now = datetime.datetime.now(datetime.timezone.utc)

    def make(subject: str, issuer: str, key: Any, by: Any, authority: bool) -> bytes:
        names = [
            x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{name} {part}")])
            for part in (subject, issuer)
        ]
        made = (
            x509.CertificateBuilder()
            .subject_name(names[0])
            .issuer_name(names[1])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .sign(by, hashes.SHA256())
        )
        return bytes(made.public_bytes(serialization.Encoding.PEM))

    authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    files = Certificates(*(folder / f"{name}-{part}.pem" for part in ("ca", "cert", "key")))
    files.ca.write_bytes(make("ca", "ca", authority, authority, True))
    files.cert.write_bytes(make("machine", "ca", own, authority, False))
    files.key.write_bytes(
        own.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Certificates]:
    folder = tmp_path_factory.mktemp("certificates")
    return lambda name: write_certificates(folder, name)


@pytest.fixture(scope="module")
def private(
    certificates: Callable[[str], Certificates],
) -> Iterator[tuple[str, Certificates]]:
    """A cluster of one worker that only speaks TLS, and its certificates."""
    pytest.importorskip("distributed")
    from distributed.security import Security

    files = certificates("ours")
    parts = {
        f"tls_{role}_{part}": str(path)
        for role in ("client", "scheduler", "worker")
        for part, path in (("cert", files.cert), ("key", files.key))
    }
    security = Security(tls_ca_file=str(files.ca), require_encryption=True, **parts)
    with local(n_workers=1, protocol="tls", security=security) as machines:
        yield machines.scheduler_address, files


def test_a_class_is_graded_over_tls(course: Class, private: tuple[str, Certificates]) -> None:
    place, files = private
    assert place.startswith("tls://127.0.0.1:")
    with Cluster(course.task(), place, security=files) as cluster:
        jobs = [course.jobs["right"], course.jobs["skeleton"]]
        done = {d.key: d.report["earned"] for d in cluster.run(jobs)}
    assert done == {"key-of-right": 100, "key-of-skeleton": 0}


@pytest.mark.slow
def test_the_certificates_may_be_in_the_configuration_of_dask(
    course: Class, private: tuple[str, Certificates]
) -> None:
    import dask

    place, files = private
    told = {"ca-file": files.ca, "client.cert": files.cert, "client.key": files.key}
    told = {f"distributed.comm.tls.{name}": str(path) for name, path in told.items()}
    with dask.config.set(told), Cluster(course.task(), place) as cluster:
        assert [d.report["earned"] for d in cluster.run([course.jobs["right"]])] == [100]


@pytest.mark.filterwarnings("ignore")
def test_a_stranger_is_not_let_in(
    course: Class,
    private: tuple[str, Certificates],
    certificates: Callable[[str], Certificates],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connect, "CONNECT_SECONDS", 1.0)
    with pytest.raises(ClusterError, match="certificates are of the same authority"):
        Cluster(course.task(), private[0], security=certificates("theirs"))
    with pytest.raises(ClusterError, match="no scheduler answers"):
        Cluster(course.task(), private[0].replace("tls", "tcp"))


def test_missing_certificates_are_named(course: Class, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ClusterError, match="needs three files: the authority's certificate"):
        Cluster(course.task(), "tls://10.0.0.1:8786")
    nothing = Certificates(tmp_path / "ca.pem", tmp_path / "cert.pem", tmp_path / "key.pem")
    with pytest.raises(ClusterError, match=r"the TLS file .*ca.pem is not there"):
        Cluster(course.task(), "tls://10.0.0.1:8786", security=nothing)
