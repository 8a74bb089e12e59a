"""The emulated container refuses what Docker refuses and allows what it allows."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import container
import pytest
from hypothesis import given
from hypothesis import strategies as st

LAUNCHER = Path(container.__file__)
MATCHES = sys.platform.startswith("linux") and os.uname().machine == "x86_64"
ROOT = MATCHES and os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="needs root on Linux and x86_64")
pytestmark = pytest.mark.skipif(
    not MATCHES or not container.HEADER.is_file(),
    reason="needs Linux on x86_64 with its headers (linux-libc-dev)",
)

# Makes each system call in a child of its own; the answer is what errno was, 0 for success.
PROBE = """
import ctypes, json, os, sys
libc, answers = ctypes.CDLL(None, use_errno=True), {}
for name, number, *arguments in json.loads(sys.stdin.read()):
    out, into = os.pipe()
    if os.fork() == 0:
        given = [a.encode() if isinstance(a, str) else ctypes.c_ulong(a) for a in arguments]
        failed = libc.syscall(number, *given) == -1
        os.write(into, b"%d\\n" % (ctypes.get_errno() if failed else 0))
        os._exit(0)
    os.wait()
    answers[name] = int(os.read(out, 99).split()[0])
    os.close(out), os.close(into)
with open("/proc/self/status") as status:
    lines = {key: text.strip() for key, _, text in (line.partition(":") for line in status)}
print(json.dumps({"answers": answers, "status": lines}))
"""

NEW_USER, SIGCHLD, NO_SUCH_FILE = 0x10000000, 17, 999  # <linux/sched.h>; a closed descriptor
OUTSIDE, FILE = "$OUTSIDE", "$FILE"
BYTE = "\0\x10" + "\0" * 6 + "\1" + "\0" * 7  # struct iovec: one byte at 4096

# What it is, the call, its arguments: harmless outside, where it never fails with EPERM.
REFUSED: list[tuple[str, str, list[Any]]] = [
    ("unshare of nothing", "unshare", [0]),
    ("a user namespace by unshare", "unshare", [NEW_USER]),
    ("a user namespace by clone", "clone", [NEW_USER | SIGCHLD, 0, 0, 0, 0]),
    ("setns", "setns", [NO_SUCH_FILE, 0]),
    ("mount", "mount", ["none", "/nowhere", "tmpfs", 0, 0]),
    ("umount", "umount2", ["/nowhere", 0]),
    ("pivot_root", "pivot_root", ["/nowhere", "/nowhere"]),
    ("bpf", "bpf", [99, 0, 0]),
    ("io_uring", "io_uring_setup", [0, 0]),
    ("userfaultfd", "userfaultfd", [0]),
    ("perf events", "perf_event_open", [0, 0, 0, 0, 0]),
    ("the keyring", "keyctl", [0, 0xFFFFFFFD, 1]),
    ("a kernel module", "init_module", [0, 0, 0]),
    ("swap", "swapon", ["/nowhere", 0]),
    ("a file by its handle", "open_by_handle_at", [NO_SUCH_FILE, 0, 0]),
    ("the clock", "settimeofday", [0, 0]),
    ("the kernel's log", "syslog", [10, 0, 0]),
    ("fixed addresses", "personality", [0x40000]),
    ("a vsock", "socket", [40, 1, 0]),
    ("the kernel's ciphers", "socket", [38, 5, 0]),
    ("a trace of a process outside", "ptrace", [0x4206, OUTSIDE, 0, 0]),
    ("the memory of a process outside", "process_vm_readv", [OUTSIDE, BYTE, 1, BYTE, 1, 0]),
]
ALLOWED: list[tuple[str, str, list[Any]]] = [
    ("chown", "chown", [FILE, 1234, 1234]),
    ("setgroups", "setgroups", [0, 0]),
    ("setgid", "setgid", [1234]),
    ("setuid", "setuid", [1234]),
    ("setresuid", "setresuid", [1234, 1234, 1234]),
    ("fork", "fork", []),
    ("clone", "clone", [SIGCHLD, 0, 0, 0, 0]),
    ("kill", "kill", [0, 0]),
    ("chroot", "chroot", ["/"]),
    ("landlock", "landlock_create_ruleset", [0, 0, 1]),
    ("no_new_privs", "prctl", [38, 1, 0, 0, 0]),
    ("seccomp", "seccomp", [2, 0, "\0\0\0\0"]),
    ("asking for the personality", "personality", [0xFFFFFFFF]),
    ("a unix socket", "socket", [1, 1, 0]),
    ("an internet socket", "socket", [2, 1, 0]),
    ("a raw socket", "socket", [2, 3, 1]),
    ("a trace of oneself", "ptrace", [0, 0, 0, 0]),
    ("shared memory", "shmget", [0, 0, 0]),
]


def run(*command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60)


def probe(launcher: tuple[str, ...], folder: Path) -> dict[str, Any]:
    """Return what every call of both tables gives behind a launcher, and the status there."""
    numbers, file = container.numbers(), folder / "own"
    file.touch()
    with subprocess.Popen(["sleep", "60"]) as outside:
        known = {OUTSIDE: outside.pid, FILE: str(file)}
        calls = [
            [name, numbers[call], *(known.get(a, a) for a in arguments)]
            for name, call, arguments in REFUSED + ALLOWED
        ]
        done = run(*launcher, sys.executable, "-I", "-S", "-c", PROBE, stdin=json.dumps(calls))
        outside.kill()
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return probe((sys.executable, str(LAUNCHER)), tmp_path_factory.mktemp("inside"))


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return probe((), tmp_path_factory.mktemp("outside"))


@needs_root
@pytest.mark.parametrize("name", [row[0] for row in REFUSED])
def test_is_refused_inside_only(name: str, inside: dict[str, Any], outside: dict[str, Any]) -> None:
    assert inside["answers"][name] == errno.EPERM
    assert outside["answers"][name] != errno.EPERM


@needs_root
@pytest.mark.parametrize("name", [row[0] for row in ALLOWED])
def test_works_inside_too(name: str, inside: dict[str, Any], outside: dict[str, Any]) -> None:
    assert inside["answers"][name] == outside["answers"][name]
    assert inside["answers"][name] != errno.EPERM


@needs_root
def test_has_the_capabilities_of_a_container(inside: dict[str, Any]) -> None:
    status = inside["status"]
    for kind in ("CapEff", "CapPrm", "CapBnd"):
        assert status[kind] == "00000000a80425fb"
    assert status["CapAmb"] == "0" * 16
    assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "0")


@needs_root
def test_takes_a_filter_of_its_own_on_top() -> None:
    again = (
        "import container; container._call('prctl', 38, 1, 0, 0, 0); "
        "container._install(container.program()); print(open('/proc/self/status').read())"
    )
    code = f"import sys; sys.path.insert(0, {str(LAUNCHER.parent)!r}); {again}"
    done = run(sys.executable, str(LAUNCHER), sys.executable, "-c", code)
    assert "Seccomp_filters:\t2" in done.stdout, done.stderr


@needs_root
def test_gives_the_exit_code_of_the_command_and_holds_its_children() -> None:
    done = run(sys.executable, str(LAUNCHER), "sh", "-c", "unshare -n true; exit 7")
    assert done.returncode == 7
    assert "not permitted" in done.stderr


def test_says_what_is_wanted_where_it_cannot_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match="run this as root"):
        container.main(["true"])
    with pytest.raises(SystemExit, match="usage"):
        container.main([])


def answer(number: int, first: int, arch: int = container.X86_64) -> str:
    """Run the filter as the kernel would."""
    data = {container.ARCH: arch, container.NUMBER: number, container.FIRST_ARGUMENT: first}
    program, at, loaded = container.program(), 0, 0
    while program[at][0] != container.RETURN:
        code, yes, no, constant = program[at]
        if code == container.LOAD:
            loaded, holds = data[constant], False
        else:
            holds = {
                container.EQUAL: loaded == constant,
                container.ABOVE: loaded > constant,
                container.AT_LEAST: loaded >= constant,
                container.ANY_BIT: bool(loaded & constant),
            }[code]
        at += 1 + (yes if holds else no)
    value = program[at][3]
    return "allowed" if value == container.ALLOW else errno.errorcode[value & 0xFFFF]


def wanted() -> Iterator[tuple[str, int, str]]:
    """Yield name, number and answer of every call that no argument decides."""
    listed = container.rules()
    free = {*listed["always"], *listed["kernel 4.8 or newer"], "chroot"}
    for name, number in container.numbers().items():
        if name not in ("clone", "clone3", "personality", "socket"):
            yield name, number, "allowed" if name in free else "EPERM"


def test_the_filter_says_what_the_list_says() -> None:
    last = max(number for _, number, what in wanted() if what == "allowed")
    for name, number, what in wanted():
        assert answer(number, 0) == (what if number <= last else "ENOSYS"), name
    assert answer(last + 1, 0) == "ENOSYS"
    assert answer(0x40000000, 0) == "EPERM"  # x32
    assert answer(0, 0, arch=0x40000003) == "EPERM"  # i386


@given(st.integers(0, 2**32 - 1) | st.integers(0, 60))
def test_the_filter_looks_at_first_arguments(first: int) -> None:
    number = container.numbers()
    families = [*range(12), *range(13, 19), 21, 22, 24, *range(26, 34), 35, 36, 39, *range(41, 46)]
    allowed = {
        "clone": not first & 0x7E020000,
        "personality": first in (0, 8, 0x20000, 0x20008, 0xFFFFFFFF),
        "socket": first in families,
    }
    for name, holds in allowed.items():
        assert answer(number[name], first) == ("allowed" if holds else "EPERM")
    assert answer(number["clone3"], first) == "ENOSYS"


def test_every_call_is_listed_once_and_every_condition_is_known() -> None:
    listed = [name for names in container.rules().values() for name in names]
    assert len(listed) == len(set(listed)) > 300
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in listed)
    with pytest.raises(container.ContainerError, match="nobody knows"):
        list(container._condition("on Sundays"))
