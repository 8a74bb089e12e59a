"""A seccomp filter (seccomp(2)): the system calls that a student's code has no use for.

The filter is classic BPF, built here instruction by instruction. Refused calls fail with
"operation not permitted", so that honest code which merely tries gets an ordinary error.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterator

from autograder.wall.syscalls import NUMBERS
from autograder.wall.system import SECCOMP, prctl

_NETWORK = "socket bind connect listen accept accept4"
_SHARED_MEMORY = "shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop semctl semtimedop"
_QUEUES = "mq_open mq_unlink"
_UNSEEN_MEMORY = "memfd_create memfd_secret"  # no limit counts it
_OTHER_PROCESSES = (
    "ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd move_pages "
    "migrate_pages setpriority ioprio_set"
)
_KERNEL = (
    "io_uring_setup io_uring_enter io_uring_register io_setup bpf perf_event_open userfaultfd "
    "keyctl add_key request_key fanotify_init fanotify_mark inotify_init inotify_init1 "
    "inotify_add_watch init_module finit_module delete_module kexec_load "
    "kexec_file_load syslog acct quotactl quotactl_fd lookup_dcookie personality iopl ioperm "
    "reboot swapon swapoff vhangup"
)
_MOUNTS = (
    "mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick "
    "mount_setattr unshare setns name_to_handle_at open_by_handle_at"
)
_CLOCKS = "settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname"
_RIGHTS = "setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset"
REFUSED = " ".join(
    (
        _NETWORK,
        _SHARED_MEMORY,
        _QUEUES,
        _UNSEEN_MEMORY,
        _OTHER_PROCESSES,
        _KERNEL,
        _MOUNTS,
        _CLOCKS,
        _RIGHTS,
    )
).split()
# Calls that name a process by number: only one's own, which is 0.
OWN_ONLY = (
    "prlimit64",
    "sched_setaffinity",
    "sched_setattr",
    "sched_setparam",
    "sched_setscheduler",
)
SIGNALS = ("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal")

# Landlock lets the owner of a file change these: where student code runs as the owner of other
# files, the calls do nothing and say that they did, as copying a file ends with one of them.
_METADATA = (
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat "
    "setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr setxattrat removexattrat "
    "file_setattr"
)
METADATA = _METADATA.split()

# Every CLONE_NEW flag that clone takes, and CLONE_PARENT, which leaves the worker's family.
NAMESPACES = 0x7E020000 | 0x8000
UNIX, STREAM, KIND_MASK = 1, 1, 0xF
SHARED_WITHOUT_FILE = 0x21  # MAP_SHARED and MAP_ANONYMOUS: no limit counts it either
# TIOCSTI and TIOCLINUX type into a terminal; the others (FS_IOC_SETFLAGS for 64 and 32 bits,
# FS_IOC_FSSETXATTR) change a file that may only be read; FIOSETOWN and SIOCSPGRP send signals.
REQUESTS = (0x5412, 0x541C, 0x40086602, 0x40046602, 0x401C5820, 0x8901, 0x8902)
# Commands of fcntl: F_SETLEASE and F_NOTIFY hold up, or watch, those who open a file; F_SETOWN,
# F_SETSIG and F_SETOWN_EX have the kernel send signals to another process.
COMMANDS = (1024, 1026, 8, 10, 15)
# Options of prctl: to take in orphans or lose the signal of a parent's end would hide processes,
# not to be dumpable would hide what they hold.
OPTIONS = (36, 1, 4)
X32 = 0x40000000
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

# Numbers from <linux/bpf_common.h> and <linux/seccomp.h>; data is {int nr; u32 arch; u64 ip; args}.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NR, _ARCH = 0, 4
_FILTER_MODE = 2

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant


def refuse(own: int | None = None, *, owner: bool = False) -> None:
    """Install the filter on the calling thread, for good. Needs no_new_privs; raises OSError.

    `own` is the only process that may be sent signals, where nothing else sees to that; an
    `owner` has files that are not the student's.
    """
    machine = os.uname().machine
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no filter is known for {machine}")
    code = b"".join(struct.pack("=HBBI", *one) for one in program(machine, own, owner))
    buffer = ctypes.create_string_buffer(code, len(code))
    prctl(SECCOMP, _FILTER_MODE, ctypes.byref(_Program(len(code) // 8, ctypes.addressof(buffer))))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def program(machine: str, own: int | None = None, owner: bool = False) -> list[Instruction]:
    """Return the filter for `machine` as BPF instructions."""
    audit, column = ARCHITECTURES[machine]
    return [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NR),
        *((_AT_LEAST, 0, 1, X32), _error(errno.EPERM)) * (machine == "x86_64"),
        *_rules(column, own),
        *(_nothing(column) if owner else ()),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _rules(column: int, own: int | None) -> Iterator[Instruction]:
    def number(name: str) -> int | None:
        return NUMBERS[name][column]

    for name in REFUSED:
        if (known := number(name)) is not None:
            yield from ((_EQUAL, 0, 1, known), _error(errno.EPERM))
    # Its flags lie in memory, where no filter can look; the C library falls back to clone.
    yield from ((_EQUAL, 0, 1, number("clone3") or 0), _error(errno.ENOSYS))
    yield from _when(number("clone"), [_argument(0), (_ANY_BIT, 0, 1, NAMESPACES)])
    yield from _when(number("socketpair"), [_argument(0), (_EQUAL, 1, 0, UNIX)])
    kind = [_argument(1), (_AND, 0, 0, KIND_MASK), (_EQUAL, 1, 0, STREAM)]
    yield from _when(number("socketpair"), kind)
    unseen = [_argument(3), (_AND, 0, 0, SHARED_WITHOUT_FILE), (_EQUAL, 0, 1, SHARED_WITHOUT_FILE)]
    yield from _when(number("mmap"), unseen)
    for request in REQUESTS:
        yield from _when(number("ioctl"), [_argument(1), (_EQUAL, 0, 1, request)])
    for option in OPTIONS:
        yield from _when(number("prctl"), [_argument(0), (_EQUAL, 0, 1, option)])
    for command in COMMANDS:
        yield from _when(number("fcntl"), [_argument(1), (_EQUAL, 0, 1, command)])
    for name in OWN_ONLY:
        yield from _when(number(name), [_argument(0), (_EQUAL, 1, 0, 0)])
    for name in SIGNALS if own is not None else ():
        yield from _when(number(name), [_argument(0), (_EQUAL, 1, 0, own or 0)])


def _nothing(column: int) -> Iterator[Instruction]:
    for name in METADATA:
        if (known := NUMBERS[name][column]) is not None:
            yield from ((_EQUAL, 0, 1, known), _error(0))


def _when(number: int | None, test: list[Instruction]) -> Iterator[Instruction]:
    """Refuse call `number` where `test`, which ends in a jump over one, does not jump."""
    assert number is not None
    body = [*test, _error(errno.EPERM), (_LOAD, 0, 0, _NR)]
    yield from ((_EQUAL, 0, len(body), number), *body)


def _argument(index: int) -> Instruction:
    """Load the lower half of an argument: these are ints and flags of 32 bits."""
    return (_LOAD, 0, 0, 16 + 8 * index)


def _error(code: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | code)
