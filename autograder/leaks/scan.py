"""`release_leaks(assignment, members, hidden)`: nothing secret goes out, or it is said where."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.assignment import Assignment
from autograder.handin.given import KEPT
from autograder.leaks import findings, traces
from autograder.leaks.findings import Said
from autograder.leaks.piece import Piece, TooMuch
from autograder.leaks.pieces import notebook_of, pieces
from autograder.leaks.secrets import Secrets, secrets
from autograder.proof import Broken
from autograder.release.members import Member
from autograder.release.new import TEMPLATE
from autograder.release.tree import files

_TEMPLATE = "autograder/release/template/"

Hidden = Sequence[tuple[str, str]]


def leaks(assignment: Assignment, hidden: Hidden) -> list[Broken]:
    """Return every secret that stands in a public file.

    `hidden` holds the (name, requirement sentence) of each hidden check.
    """
    return release_leaks(assignment, list(_public_files(assignment.folder)), hidden)


def release_leaks(
    assignment: Assignment, members: Sequence[Member], hidden: Hidden
) -> list[Broken]:
    """Return every secret that stands in a file that goes out, and every trace of a machine."""
    secret = secrets(assignment)
    own = traces.own_paths(assignment.folder.parent.parent)
    found: list[Broken] = []
    for member in members:
        said = Said()
        try:
            for piece in pieces(member.path, member.data):
                wheel = member.path.endswith(".whl") and piece.inside == f"in {piece.path}, "
                for sentence in _scan(piece, secret, hidden, own, said, wheel):
                    said.add(sentence)
        except TooMuch:
            said.add("unpacks to more than can be looked through. Put its files there instead")
        found += [Broken(member.path, sentence) for sentence in said.sentences()]
    return found


def _public_files(folder: Path) -> Iterator[Member]:
    """Yield the public files; what tools leave behind does not go out.

    What a release leaves out as work of your own is looked at: the folder may be copied by hand.
    """
    originals = ((f"{KEPT}/{name}", path) for name, path in files(folder / KEPT))
    for name, path in (*originals, *files(folder)):
        if path.is_file():
            yield Member(name, path.read_bytes())


def _scan(
    piece: Piece,
    secret: Secrets,
    hidden: Hidden,
    own: tuple[str, ...],
    said: Said,
    in_wheel: bool,
) -> Iterator[str]:
    if piece.kind == "closed":
        yield f"holds {piece.inside}and nobody can tell what is in it. Put its files there instead"
        return
    digest = hashlib.sha256(piece.data).hexdigest()
    if _is_template(piece):
        return
    yield from (piece.inside + says for says in traces.names(piece))
    if digest in said.digests:
        return
    said.digests.add(digest)
    yield from traces.content(piece)
    yield from (piece.inside + says for says in _same_file(piece, digest, secret, said))
    text = piece.text
    yield from _placed(piece, traces.of_machine(text, own))
    if piece.kind == "file" and notebook_of(piece.data) is not None:
        return  # its cells come as pieces of their own
    if piece.too_large:
        yield f"{piece.inside}is too large to be searched: make it smaller or take it out"
        return
    yield from _placed(piece, iter(()) if in_wheel else traces.markers(text))
    yield from (piece.inside + says for says in findings.hidden_checks(text, hidden))
    toolkit = in_wheel and piece.path.startswith("autograder/")
    yield from _placed(piece, findings.of_code(text, secret, said, toolkit))
    yield from _placed(piece, findings.of_values(text, secret, said, toolkit))
    if not toolkit:
        yield from _placed(piece, findings.of_answers(text, secret, said))
    if piece.name.endswith(".py") and not toolkit:
        yield from _placed(piece, findings.imports(text))


def _placed(piece: Piece, found: Iterator[tuple[int, str]]) -> Iterator[str]:
    for line, says in found:
        yield f"{piece.inside}line {line} {says}" if line else f"{piece.inside}{says}"


def _is_template(piece: Piece) -> bool:
    """Tell whether a piece is a file of the assignment that the toolkit begins new ones with."""
    if not piece.path.startswith(_TEMPLATE) or ".." in piece.path:
        return False
    own = TEMPLATE / piece.path.removeprefix(_TEMPLATE)
    return own.is_file() and own.read_bytes() == piece.data


def _same_file(piece: Piece, digest: str, secret: Secrets, said: Said) -> Iterator[str]:
    spot = secret.digests.get(digest)
    if spot is None and len(piece.data) > 256:
        spot = next((s for sample, s in secret.samples if sample in piece.data), None)
    if spot is not None and said.new(replace(spot, last=1 << 30)):
        yield f"holds {spot.file} of the solutions, as it is. Leave it out"
