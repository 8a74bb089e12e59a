"""Landlock (landlock(7)): a process gives up every file but those of a list, and more.

The list is by folder: what lies below is meant too. Older kernels know fewer rights; what a
kernel does not know is left out, and `restrict` returns the version it found.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from contextlib import suppress

from autograder.wall.system import syscall

# The same numbers on every architecture.
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_FLAG, _BENEATH = 1, 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << n for n in range(6))
_MAKE_DIR, _MAKE_REG, _MAKE_SYM, _REFER = 1 << 7, 1 << 8, 1 << 12, 1 << 13
TRUNCATE, IOCTL = 1 << 14, 1 << 15

READ = READ_FILE | READ_DIR
RUN = READ | EXECUTE
WRITE = READ | WRITE_FILE | TRUNCATE
KEEP = WRITE | REMOVE_DIR | REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_SYM | _REFER
DEVICE = READ_FILE | WRITE_FILE | IOCTL
_FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL

# How many rights on files each version of Landlock handles.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_LATEST_FILE_RIGHTS = 16
_TCP, _SCOPES = 0b11, 0b11  # bind and connect; abstract sockets and signals


def version() -> int:
    """Return the version of Landlock that the kernel offers; raises OSError without one."""
    return syscall(_CREATE, None, 0, _VERSION_FLAG)


def restrict(rules: Iterable[tuple[str, int]]) -> int:
    """Give up, for good, every file, port, signal and abstract socket outside of `rules`.

    `rules` are (path, rights); paths that do not exist are passed over. Needs no_new_privs.
    Only the calling thread is bound. Returns the version; raises OSError.
    """
    found = version()
    handled = (1 << _FILE_RIGHTS.get(found, _LATEST_FILE_RIGHTS)) - 1
    fields = [handled] + [_TCP] * (found >= 4) + [_SCOPES] * (found >= 6)
    attributes = (ctypes.c_uint64 * len(fields))(*fields)
    ruleset = syscall(_CREATE, attributes, ctypes.sizeof(attributes), 0)
    try:
        for path, rights in rules:
            _add(ruleset, path, rights & handled)
        syscall(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    return found


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


def _add(ruleset: int, path: str, rights: int) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            allowed = rights if _is_folder(place) else rights & _FOR_FILES
            syscall(_ADD, ruleset, _BENEATH, ctypes.byref(_Beneath(allowed, place)), 0)
        finally:
            os.close(place)


def _is_folder(descriptor: int) -> bool:
    import stat

    return stat.S_ISDIR(os.fstat(descriptor).st_mode)
