"""System calls that Python has no function for (Linux)."""

from __future__ import annotations

import ctypes
import os

# Numbers from <linux/prctl.h>.
DEATH_SIGNAL, DUMPABLE, SECCOMP, NO_NEW_PRIVS, SUBREAPER = 1, 4, 22, 38, 36


def prctl(option: int, *arguments: object) -> int:
    """Call prctl(2); raises OSError."""
    padded = (*arguments, 0, 0, 0, 0)[:4]
    words = (a if not isinstance(a, int) else ctypes.c_ulong(a) for a in padded)
    return _checked(ctypes.CDLL(None, use_errno=True).prctl(option, *words))


def syscall(number: int, *arguments: object) -> int:
    """Call syscall(2) with integers and pointers; raises OSError."""
    words = (ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)
    function = ctypes.CDLL(None, use_errno=True).syscall
    function.restype = ctypes.c_long
    return _checked(function(ctypes.c_long(number), *words))


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
