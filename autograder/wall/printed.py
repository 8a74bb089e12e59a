"""What a student's code printed, within a limit."""

from __future__ import annotations

import threading


class Printed:
    """The first and last bytes of what a student's code printed; the middle is let go."""

    def __init__(self, limit: int) -> None:
        self.half = max(1, limit // 2)
        self.head = bytearray()
        self.tail = bytearray()
        self.total = 0
        self.lock = threading.Lock()

    def add(self, data: bytes) -> None:
        self.total += len(data)
        room = self.half - len(self.head)
        self.head += data[:room]
        self.tail = (self.tail + data[max(room, 0) :])[-self.half :]

    def reset(self) -> None:
        with self.lock:
            self.head, self.tail, self.total = bytearray(), bytearray(), 0

    def text(self) -> str:
        with self.lock:
            left = self.total - len(self.head) - len(self.tail)
            middle = b"\n[...]\n" if left > 0 else b""
            return (bytes(self.head) + middle + bytes(self.tail)).decode("utf-8", "replace")
