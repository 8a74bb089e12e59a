"""Run a command as root under Docker's defaults, emulated: its capabilities, its system calls.

Run: python tests/container.py CMD...

Capabilities are cut to Docker's fourteen, and its default seccomp list goes on before the right
to install one is given up, so no_new_privs stays as it was. Files, namespaces, cgroups and the
masks over /proc are not emulated: a real container hides more. Linux on x86_64, as root.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

CALLS = Path(__file__).with_name("container_calls.txt")
HEADER = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
# <linux/capability.h>: chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap,
# net_bind_service, net_raw, sys_chroot, mknod, audit_write, setfcap.
CAPABILITIES = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
LAST_CAPABILITY = Path("/proc/sys/kernel/cap_last_cap")

# <linux/bpf_common.h>, <linux/seccomp.h>, <linux/prctl.h>, <linux/capability.h>
LOAD, EQUAL, ABOVE, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
NUMBER, ARCH, FIRST_ARGUMENT = 0, 4, 16
X86_64, X32 = 0xC000003E, 0x40000000
SET_SECCOMP, FILTER_MODE, DROP_BOUND, AMBIENT, CLEAR_ALL = 22, 2, 24, 47, 4
CAPABILITY_VERSION_3 = 0x20080522

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant


class ContainerError(RuntimeError):
    """The emulation cannot be set up here; the text says what is wanted."""


def numbers() -> dict[str, int]:
    """Return the numbers of the system calls by their names."""
    if not HEADER.is_file():
        raise ContainerError(f"{HEADER} is missing: apt-get install linux-libc-dev")
    found = re.findall(r"^#define __NR_(\w+)\s+(\d+)$", HEADER.read_text(), re.MULTILINE)
    return {name: int(number) for name, number in found}


def rules() -> dict[str, list[str]]:
    """Return the names of the data file under the line that says when they are allowed."""
    found: dict[str, list[str]] = {}
    when = ""
    for line in CALLS.read_text(encoding="utf-8").splitlines():
        if line.endswith(":"):
            when = line[:-1]
        elif line and not line.startswith("#"):
            found.setdefault(when, []).extend(line.split())
    return found


def program() -> list[Instruction]:
    """Return the list as a filter: what nothing allows fails with EPERM.

    A call newer than every one named fails with ENOSYS, so that libraries fall back.
    """
    known, listed = numbers(), rules()
    number_of = {name: known[name] for names in listed.values() for name in names if name in known}
    filter_: list[Instruction] = [
        (LOAD, 0, 0, ARCH),
        (EQUAL, 1, 0, X86_64),
        _fail(errno.EPERM),
        (LOAD, 0, 0, NUMBER),
        *((AT_LEAST, 0, 1, X32), _fail(errno.EPERM)),
        *((ABOVE, 0, 1, max(number_of.values())), _fail(errno.ENOSYS)),
    ]
    for when, names in listed.items():
        here = [number_of[name] for name in names if name in number_of]
        filter_ += _rule(when, here)
    return [*filter_, _fail(errno.EPERM)]


def _rule(when: str, calls: list[int]) -> Iterator[Instruction]:
    if when in ("always", "kernel 4.8 or newer", "with the capability sys_chroot"):
        for low, high in _ranges(calls):
            yield from ((AT_LEAST, 0, 2, low), (ABOVE, 1, 0, high), (RETURN, 0, 0, ALLOW))
        return
    for call in calls:
        body = list(_condition(when))
        yield from ((EQUAL, 0, len(body), call), *body)


def _condition(when: str) -> Iterator[Instruction]:
    """Answer for one call whose number is known: the filter ends here."""
    if when == "fails with ENOSYS":
        yield _fail(errno.ENOSYS)
        return
    yield (LOAD, 0, 0, FIRST_ARGUMENT)  # the lower half: these arguments are of 32 bits
    if found := re.fullmatch(r"first argument without a bit of (\w+)", when):
        yield from ((ANY_BIT, 1, 0, int(found[1], 0)), (RETURN, 0, 0, ALLOW))
    elif found := re.fullmatch(r"first argument one of ([\w -]+)", when):
        for part in found[1].split():
            low, _, high = part.partition("-")
            bounds = int(low, 0), int(high or low, 0)
            yield from ((AT_LEAST, 0, 2, bounds[0]), (ABOVE, 1, 0, bounds[1]))
            yield (RETURN, 0, 0, ALLOW)
    else:
        raise ContainerError(f"{CALLS.name}: nobody knows what `{when}:` means")
    yield _fail(errno.EPERM)


def _ranges(calls: Iterable[int]) -> list[tuple[int, int]]:
    """Return the numbers as ranges without a gap, both ends included."""
    found: list[tuple[int, int]] = []
    for call in sorted(calls):
        if found and call == found[-1][1] + 1:
            found[-1] = found[-1][0], call
        else:
            found.append((call, call))
    return found


def _fail(number: int) -> Instruction:
    return (RETURN, 0, 0, ERRNO | number)


def enter() -> None:
    """Become what a process of a container is; children inherit it. Raises ContainerError."""
    if not sys.platform.startswith("linux") or os.uname().machine != "x86_64":
        raise ContainerError("a container is emulated on Linux and x86_64 only")
    if os.geteuid() != 0:
        raise ContainerError("a container starts as root: run this as root")
    last = int(LAST_CAPABILITY.read_text())
    filter_ = program()
    _call("prctl", AMBIENT, CLEAR_ALL, 0, 0, 0)
    for capability in set(range(last + 1)) - set(CAPABILITIES):
        _call("prctl", DROP_BOUND, capability, 0, 0, 0)
    _install(filter_)
    _keep(CAPABILITIES)


def _install(filter_: list[Instruction]) -> None:
    code = b"".join(struct.pack("=HBBI", *one) for one in filter_)
    buffer = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: a short, six bytes of nothing, a pointer.
    head = struct.pack("@HP", len(filter_), ctypes.addressof(buffer))
    _call("prctl", SET_SECCOMP, FILTER_MODE, ctypes.c_char_p(head), 0, 0)


def _keep(capabilities: Iterable[int]) -> None:
    """Make effective, permitted and inheritable capabilities just these."""
    bits = sum(1 << one for one in capabilities)
    low, high = bits & 0xFFFFFFFF, bits >> 32
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    _call(
        "capset",
        ctypes.c_char_p(header),
        ctypes.c_char_p(struct.pack("=6I", *[low] * 3, *[high] * 3)),
    )


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    longs = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    if getattr(libc, name)(*longs) != 0:
        number = ctypes.get_errno()
        raise ContainerError(f"{name}{arguments[:2]} failed: {os.strerror(number)}")


def main(command: list[str]) -> None:
    if not command:
        raise SystemExit("usage: python tests/container.py CMD...")
    try:
        enter()
        os.execvp(command[0], command)
    except (ContainerError, OSError) as error:
        raise SystemExit(f"container: {error}") from None


if __name__ == "__main__":
    main(sys.argv[1:])
