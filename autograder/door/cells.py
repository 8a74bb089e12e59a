"""A notebook's names as a session with the judge: its code stands in cells, not in one file."""

from __future__ import annotations

import linecache
import os
import sysconfig
from bdb import BdbQuit
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.wall.exchange import Exchange
from autograder.wall.session import Session
from autograder.wall.transport import InlineTransport


def around(env: Mapping[str, Any]) -> Exchange:
    """Converse inline with the names of a notebook, apart from those that its shell put there."""
    get_shell = env.get("get_ipython")
    shell = get_shell() if callable(get_shell) else None
    hidden: Mapping[str, Any] = getattr(shell, "user_ns_hidden", {})
    names = {k: v for k, v in env.items() if k not in hidden or hidden[k] is not v}
    exchange = Exchange.around(names)
    exchange.module = Path("the notebook")  # as messages call it
    transport = InlineTransport(None, names)
    transport.session = Cells(names, shell)
    exchange.transport = transport
    return exchange


class Cells(Session):
    """A notebook's names as a session: its code stands in cells, not in one file."""

    def __init__(self, names: Mapping[str, Any], shell: Any) -> None:
        super().__init__(Path("notebook"), names, (KeyboardInterrupt, BdbQuit))
        self.shell = shell

    def owns(self, filename: str) -> bool:
        """Tell the student's code from the toolkit's and from installed libraries."""
        return not filename.startswith(libraries())

    def base(self, filename: str) -> str:
        """Return the name of a cell as its notebook shows it, or of a file."""
        compiled = getattr(getattr(self.shell, "compile", None), "format_code_name", None)
        cell = compiled(filename) if compiled else None
        return str(cell[1]) if cell else os.path.basename(filename)

    def line(self, filename: str, number: int) -> str:
        return linecache.getline(filename, number).strip()[:200]


def libraries() -> tuple[str, ...]:
    """Return how the files of Python, of installed packages and of the toolkit begin."""
    folders = {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
    toolkit = str(Path(__file__).parents[1])
    return ("<frozen", *(os.path.join(folder, "") for folder in (*folders, toolkit)))
