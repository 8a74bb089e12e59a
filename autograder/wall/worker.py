"""The process that runs a student's code. Theory of operation:

1. The judge starts this file with a clean environment, in a folder of its own that holds only
   the student's files. It knows no secret: no expected value, label, tolerance or later case
   ever reaches it.
2. Standard input and output are the wire. They are moved to private descriptors at once;
   what the student prints goes to standard error, which the judge reads apart and caps.
3. It is told at its start which folder and limits it has, and lowers its own rights
   (`confine.apply`) before it loads a package. The first message names the module, which is
   imported while the judge is still importing its graders; then it answers messages one at
   a time, in order.
4. A message is `{"id": n, "do": verb, ...}`; the answer repeats the id and holds one of
   `ok` (a value), `raised` (an exception as text, with the student's own frames),
   `missing` (a name that is not there, with those that are) or `unsendable`.
5. What cannot be sent as data stays here under a number, and the judge calls it by number.
6. A child that the student's code forks loses the wire; only the first process answers.
7. Nothing here is trusted. A student who rewrites this process can only answer wrongly.

`autograder.wall.session.Session` does the answering, here or inline (pytest, notebooks).
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

Layers = dict[str, str]


def _serve(source: int, sink: int, layers: Layers) -> None:
    import random
    from importlib import import_module

    import numpy

    from autograder.wall import wire
    from autograder.wall.session import Session, rebuild, reply

    def take(count: int) -> bytes:
        parts = []
        while count:
            part = os.read(source, min(count, 1 << 20))
            if not part:
                os._exit(0)
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def give(data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(sink, view) :]

    first = os.getpid()
    opening = wire.decode(*wire.read(take))
    session = Session(Path(opening["module"]))
    if opening["torch"]:
        with suppress(ImportError):  # our time, not the student's: a busy machine takes long
            import_module("torch").manual_seed(0)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: _hang_up(source, sink))
    give(wire.pack({"id": opening["id"], "ok": layers}))
    with suppress(BaseException):  # a worker that the student's code broke ends without a word
        random.seed(0)
        numpy.random.seed(0)
        if opening["eager"]:
            session.load()  # before it is asked for: the judge is still importing its graders
        while os.getpid() == first:
            body, blobs = wire.read(take)
            answer = reply(session, wire.decode(body, blobs, session.resolve, rebuild))
            if os.getpid() != first:
                break  # a child that the student's code forked came back from the call
            _flush()
            give(answer)
    os._exit(1)


def _hang_up(*descriptors: int) -> None:
    for descriptor in descriptors:
        with suppress(OSError):
            os.close(descriptor)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            continue


def _find_package() -> None:
    """Make `autograder` importable without the folder around it, where solutions may lie."""
    from importlib.util import module_from_spec, spec_from_file_location

    standard = (os.path.dirname(os.__file__), ".zip", "lib-dynload", "DLLs")
    installed = ("site-packages", "dist-packages")
    sys.path[:] = [path for path in sys.path if path.endswith(standard + installed)]
    folder = Path(__file__).resolve().parents[1]
    spec = spec_from_file_location(
        "autograder", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None and spec.loader is not None
    package = module_from_spec(spec)
    sys.modules["autograder"] = package
    spec.loader.exec_module(package)


def _take_place() -> Layers:
    """Become a worker, with the rights of one: alone, or forked by the process of this start.

    The arguments are `alone ORDER`, `attend DESCRIPTOR ORDER` or `tend DESCRIPTOR PACKAGES`.
    """
    from autograder.wall import confine

    how, *arguments = sys.argv[1:]
    if how == "alone":
        order, quarters = json.loads(arguments[0]), None
    else:
        from autograder.wall import nursery

        line = int(arguments[0])
        order, quarters = (
            nursery.tend(line, arguments[1:])
            if how == "tend"
            else nursery.attend(line, json.loads(arguments[1]))
        )
    del sys.argv[1:]
    return confine.apply(order, quarters)


def main() -> None:
    """Take the place of a worker, move the wire to private descriptors, serve until the end."""
    here = Path(__file__).resolve().parent
    sys.path[:] = [path for path in sys.path if path and Path(path).resolve() != here]
    _find_package()
    layers = _take_place()
    source, sink = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace", encoding="utf-8")  # type: ignore[union-attr]
    _serve(source, sink, layers)


if __name__ == "__main__":
    main()
