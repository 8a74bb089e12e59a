"""Listeners of the test's own on the loopback: whatever reaches them is noted.

The system keeps what was sent until it is asked for: so nothing is missed, and nothing is late.
"""

from __future__ import annotations

import os
import selectors
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any


class Listeners:
    """TCP, TCP over IPv6, UDP, and local sockets with an abstract name and with a path."""

    def __init__(self, path: Path) -> None:
        self.got: list[bytes] = []
        self.selector = selectors.DefaultSelector()
        name = f"attacked-{os.urandom(8).hex()}"
        self.plan: dict[str, Any] = {"abstract": name, "path": str(path)}
        self._listen("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self._listen("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        self._listen("tcp6", socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0))
        self._listen("", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{name}")
        self._listen("", socket.AF_UNIX, socket.SOCK_DGRAM, str(path))
        path.chmod(0o777)

    def _listen(self, name: str, family: int, kind: int, address: Any) -> None:
        line = socket.socket(family, kind)
        try:
            line.bind(address)
        except OSError:
            line.close()  # a machine without IPv6
            return
        if kind == socket.SOCK_STREAM:
            line.listen()
        line.setblocking(False)
        self.selector.register(line, selectors.EVENT_READ, kind)
        if name:
            self.plan[name] = line.getsockname()[1]

    def heard(self) -> list[bytes]:
        """Return all that has reached a listener since `clear`."""
        while ready := self.selector.select(0):
            for key, _ in ready:
                with suppress(OSError):
                    self._take(key.fileobj, key.data)
        return self.got

    def clear(self) -> None:
        self.heard().clear()

    def _take(self, line: Any, kind: int) -> None:
        if kind == socket.SOCK_DGRAM:
            self.got.append(line.recv(1 << 16))
            return
        caller, _ = line.accept()
        with caller:
            self.got.append(b"a connection")
            caller.settimeout(0.05)
            with suppress(OSError):
                self.got.append(caller.recv(1 << 16))

    def close(self) -> None:
        for key in [*self.selector.get_map().values()]:
            key.fileobj.close()  # type: ignore[union-attr]
        self.selector.close()
