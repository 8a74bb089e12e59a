"""Listeners of the test's own on the loopback: whatever reaches them is noted."""

from __future__ import annotations

import os
import selectors
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any


class Listeners:
    """TCP, TCP over IPv6, UDP, and local sockets with an abstract name and with a path."""

    def __init__(self, path: Path) -> None:
        self.got: list[bytes] = []
        self.selector = selectors.DefaultSelector()
        self.open = True
        name = f"attacked-{os.urandom(8).hex()}"
        self.plan: dict[str, Any] = {"abstract": name, "path": str(path)}
        self._listen("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self._listen("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        self._listen("tcp6", socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0))
        self._listen("", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{name}")
        self._listen("", socket.AF_UNIX, socket.SOCK_DGRAM, str(path))
        path.chmod(0o777)
        threading.Thread(target=self._hear, daemon=True).start()

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

    def _hear(self) -> None:
        while self.open:
            for key, _ in self.selector.select(0.5):
                with suppress(OSError):
                    self._take(key.fileobj, key.data)

    def _take(self, line: Any, kind: int) -> None:
        if kind == socket.SOCK_DGRAM:
            self.got.append(line.recv(1 << 16))
            return
        caller, _ = line.accept()
        with caller:
            self.got.append(b"a connection")
            caller.settimeout(0.5)
            with suppress(OSError):
                self.got.append(caller.recv(1 << 16))

    def close(self) -> None:
        self.open = False
