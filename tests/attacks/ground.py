"""The place that is attacked: secrets planted in it, listeners, victims, and what was got.

Everything of it lies below one folder or on the loopback, and is the test's own.
"""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from attacks.attack import COURSE
from attacks.listeners import Listeners

PLACES = ("/tmp", "/var/tmp", "/dev/shm", os.path.dirname(np.__path__[0]))
TAG = "user.graded"
KEPT = ("argv", "environ", "memory", "descriptor")
KEEPER = """
import os, sys, tempfile
memory, descriptor = sys.stdin.readline().split()
held = tempfile.TemporaryFile()
held.write(descriptor.encode() * 3)
held.flush()
print(held.fileno(), id(memory), flush=True)
sys.stdin.read()
"""
FILES = ("hidden", "solution", "labels", "weights", "naive", "closed", "neighbour", "results")


@dataclass
class Ground:
    """Where things lie (`plan`, which every attack is told), and the secrets by name."""

    base: Path
    token: str
    secrets: dict[str, str]
    plan: dict[str, Any]
    listeners: Listeners
    keeper: subprocess.Popen[str]
    segment: int
    victim: subprocess.Popen[bytes] | None = None
    signals: list[int] = field(default_factory=list)
    runs: int = 0
    watched: bool = False  # signals count: another run on this machine may send some too

    @property
    def course(self) -> Path:
        return self.base / "course"

    def fresh(self) -> None:
        """Take away what an attack left, and put back what it took."""
        for path in self.left():
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if self.victim is None or self.victim_harm():
            self.end_victim()
            self.victim = subprocess.Popen(["sleep", "1000"], start_new_session=True)
        self.plan["victim"] = self.victim.pid
        for name in ("closed", "results", "neighbour"):
            _write(Path(self.plan[name]), self.secrets[name])
        Path(self.plan["closed"]).parent.chmod(0o700)
        for path in self.kept():
            with suppress(OSError):
                os.removexattr(path, TAG)
            os.chown(path, os.geteuid(), os.getegid())
            path.chmod(0o644)
            os.utime(path)
        self.listeners.clear()
        self.signals.clear()

    def handin(self, name: str, files: dict[str, str]) -> Path:
        """Write a hand-in, with the plan, and return its folder."""
        self.runs += 1
        folder = self.base / "handins" / f"{self.runs}-{name}"
        folder.mkdir()
        for file, text in (files | {"plan.json": json.dumps(self.plan)}).items():
            (folder / file).write_text(text, encoding="utf-8")
        return folder

    def left(self) -> list[Path]:
        """Return the files that an attack wrote where it may not write."""
        found = list((self.base / "drop").iterdir())
        for place in (*PLACES, str(self.base / "next")):
            found += Path(place).glob(f"*{self.token}*")
        return found

    def got(self, *texts: str) -> list[str]:
        """Return what an attack got: secrets and its token, wherever they turn up; harm done."""
        found = []
        for path in self.left():
            texts = (*texts, path.name)
            with suppress(OSError):
                texts = (*texts, path.read_text(errors="replace") if path.is_file() else "")
            found.append(f"wrote {path}")
        heard = b" ".join(self.listeners.heard())
        found += [f"sent {heard[:80]!r}"] if heard else []
        said = "\n".join((*texts, heard.decode(errors="replace")))
        found += [f"read {name}" for name, value in self.secrets.items() if value in said]
        found += ["did it"] if self.token in said else []
        return found + self.harm()

    def harm(self) -> list[str]:
        """Return what was done to others' processes and files."""
        found = self.victim_harm() + ["signalled the judge"] * (self.watched and bool(self.signals))
        for name in ("neighbour", "results"):
            path = Path(self.plan[name])
            if not path.is_file() or self.secrets[name] not in path.read_text():
                found.append(f"changed the {name}")
        closed = Path(self.plan["closed"]).parent
        found += ["opened a closed folder"] * (closed.stat().st_mode & 0o777 != 0o700)
        return found + [harm for path in self.kept() for harm in _changed(path)]

    def kept(self) -> list[Path]:
        """Return files of the judge's user whose rights nobody may change."""
        library = self.plan["library"]
        return [Path(self.plan["hidden"]), *([Path(library)] if library else [])]

    def victim_harm(self) -> list[str]:
        assert self.victim is not None
        time.sleep(0.002)  # a signal that was just sent arrives
        if self.victim.poll() is not None:
            return ["ended a process"]
        state = Path(f"/proc/{self.victim.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        priority = os.PRIO_PROCESS, self.victim.pid
        slow = os.getpriority(*priority) > os.getpriority(os.PRIO_PROCESS, 0)
        return ["stopped a process"] * (state in "Tt") + ["slowed a process"] * slow

    def end_victim(self) -> None:
        if self.victim is not None:
            self.victim.kill()
            self.victim.wait()

    def close(self) -> None:
        self.fresh()
        self.listeners.close()
        self.end_victim()
        self.keeper.kill()
        self.keeper.communicate()
        ctypes.CDLL(None).shmctl(self.segment, 0, None)
        shutil.rmtree(self.base, ignore_errors=True)
        Path(self.plan["shared"]).unlink(missing_ok=True)
        if self.plan["library"]:
            os.unlink(self.plan["library"])


def plant() -> Ground:
    """Set the course up with its secrets, in a folder that other users may pass."""
    base = Path(tempfile.mkdtemp(prefix="attacked-", dir="/tmp"))
    base.chmod(0o755)
    names = (*FILES, *KEPT, "shared", "segment", "judge")
    held = {name: f"canary-{name}-{secrets.token_hex(12)}" for name in names}
    for folder in ("handins", "work", "drop", "closed", "results", "next", "naive"):
        (base / folder).mkdir()
        (base / folder).chmod(0o755)
    (base / "drop").chmod(0o777)
    (base / "closed").chmod(0o700)
    shutil.copytree(COURSE, base / "course", ignore=shutil.ignore_patterns("__pycache__"))
    token = f"token-{secrets.token_hex(8)}"
    files = _files(base)
    for name, path in files.items():
        _write(path, held[name])
    keeper, number, address = _keeper(held)
    listeners = Listeners(base / "line.sock")
    shared = Path("/dev/shm") / f"shared-{secrets.token_hex(6)}"
    _write(shared, held["shared"])
    segment = _segment(held["segment"])
    plan = {name: str(path) for name, path in files.items()} | {
        "token": token, "drop": str(base / "drop"), "next": str(base / "next"),
        "course": str(base / "course"), "judge": os.getpid(), "keeper": keeper.pid,
        "number": number, "address": address, "shared": str(shared), "segment": segment,
        "handins": str(base / "handins"), "library": _library(), **listeners.plan,
    }  # fmt: skip
    ground = Ground(base, token, held, plan, listeners, keeper, segment)
    with suppress(ValueError):
        signal.signal(signal.SIGURG, lambda number, frame: ground.signals.append(number))
    return ground


def _changed(path: Path) -> list[str]:
    facts = path.stat()
    found = ["changed the mode"] * (facts.st_mode & 0o777 != 0o644)
    found += ["changed the time"] * (facts.st_mtime < 1e6)
    found += ["changed the owner"] * (facts.st_uid != os.geteuid())
    with suppress(OSError):
        os.getxattr(path, TAG)
        found.append("hung an attribute on a file")
    return found


def _library() -> str:
    """Lay a file among Python's packages, where this user may: student code can read it."""
    path = Path(PLACES[-1]) / f"attacked_{secrets.token_hex(6)}.txt"
    try:
        path.write_text("a library\n")
    except OSError:
        return ""
    path.chmod(0o644)
    return str(path)


def _files(base: Path) -> dict[str, Path]:
    secret = base / "course" / "solutions" / "sums"
    return {
        "hidden": secret / "test_hidden.py",
        "solution": secret / "sums.py",
        "labels": secret / "labels.txt",
        "weights": secret / "weights.bin",
        "naive": base / "course" / "naive_tests.py",
        "closed": base / "closed" / "secret.txt",
        "results": base / "results" / "results.json",
        "neighbour": base / "next" / "sums.py",
    }


def _write(path: Path, secret: str) -> None:
    """Plant a secret at the end of a file, once; the files of the course keep their code."""
    data = f'{{"score": 0, "key": "{secret}"}}' if path.suffix == ".json" else None
    if path.suffix == ".py" and path.is_file() and secret in path.read_text():
        return
    before = path.read_text() if path.suffix == ".py" and path.is_file() else ""
    path.write_text(data or f'{before}\n\nSECRET = "{secret}"\n')
    path.chmod(0o666 if path.parent.name in ("next", "results") else 0o644)


def _keeper(held: dict[str, str]) -> tuple[subprocess.Popen[str], int, int]:
    """Start a process of the judge's user that holds a secret in every place there is."""
    keeper = subprocess.Popen(
        [sys.executable, "-S", "-c", KEEPER, held["argv"]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"GRADER_KEY": held["environ"]},
        start_new_session=True,
    )
    assert keeper.stdin is not None and keeper.stdout is not None
    keeper.stdin.write(f"{held['memory']} {held['descriptor']}\n")
    keeper.stdin.flush()
    number, address = map(int, keeper.stdout.readline().split())
    return keeper, number, address


def _segment(secret: str) -> int:
    """Plant a secret in shared memory of the old kind, for everybody to read."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    number = int(libc.shmget(0, 4096, 0o1666))
    ctypes.memmove(libc.shmat(number, None, 0), secret.encode(), len(secret))
    return number
