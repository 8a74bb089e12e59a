"""The files that a confined worker can still reach, as rules for `landlock`.

Python and its packages, the system's libraries, a few harmless devices, the student's own files
to read, and a scratch folder to write in. Nothing of the course: no assignment, no solution, no
data set, no other submission, no home, and no /proc but the lines that libraries ask for.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from glob import glob
from pathlib import Path

from autograder.wall.confine import Quarters
from autograder.wall.landlock import DEVICE, KEEP, READ, RUN, WRITE

Rule = tuple[str, int]
INSTALLED = ("site-packages", "dist-packages", "lib-dynload", ".zip")

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
_READABLE = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/mime.types",
    "/dev/random",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
)
_GPU_DEVICES = ("/dev/nvidia*", "/dev/nvidia-caps/*")
_GPU_FACTS = (
    "/proc/driver/nvidia",
    "/proc/devices",
    "/proc/modules",
    "/sys/bus/pci",
    "/sys/devices/pci*",
    "/sys/module/nvidia*",
)


def rules(quarters: Quarters | None) -> Iterator[Rule]:
    """Yield (path, rights) for everything that stays in reach."""
    yield from ((path, RUN) for path in (*_SYSTEM, *python_folders(), *_library_folders()))
    yield from ((path, READ) for path in _READABLE)
    yield "/dev/null", WRITE
    yield "/dev/full", WRITE
    devices = [path for pattern in _GPU_DEVICES for path in glob(pattern)]
    yield from ((path, DEVICE) for path in devices)
    if devices:
        yield from ((path, READ) for pattern in _GPU_FACTS for path in glob(pattern))
    if quarters is not None:
        yield quarters.work, KEEP if quarters.writable else READ
        yield quarters.scratch, KEEP
    else:
        yield os.getcwd(), KEEP


def python_folders() -> list[str]:
    """Return where Python, its packages and this one lie: never a whole prefix.

    A prefix may be the course's own folder, which holds what nobody may read.
    """
    kinds = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = {sysconfig.get_path(kind) for kind in kinds}
    folders |= {path for path in sys.path if path.endswith(INSTALLED)}
    for prefix in (sys.prefix, sys.base_prefix, sys.base_exec_prefix):
        folders |= {f"{prefix}/bin", f"{prefix}/lib", f"{prefix}/lib64", f"{prefix}/pyvenv.cfg"}
    package = Path(__file__).resolve().parents[1]
    executable = Path(sys.executable)
    places = {*folders, str(package), str(executable), str(executable.resolve())}
    return sorted(places - {"/", ""})


def _library_folders() -> list[str]:
    listed = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    return [path for path in listed if path.startswith("/") and os.path.normpath(path) != "/"]
