"""What a check sees as `data`: the data sets, where they are, and accuracy on them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.checks.failure import CheckFailed, skip
from autograder.checks.files import Files
from autograder.report import Finding

if TYPE_CHECKING:
    from autograder.assignment import Training
    from autograder.datasets import Split
    from autograder.models.graph import Graph
    from autograder.models.opaque import Opaque

KEYS_SHOWN = 3
MEASURED = "the accuracy on the test images"
LONGER = "train longer, or with a better schedule, and hand in the new weights"
SUSPECT_IMAGES, SUSPECT_DEVIATIONS = 2000, 5.0
SUSPECT_MACS = 50_000_000  # above, it would take longer than the accuracy itself
CLAIM_SLACK = 0.05  # per cent: other processors round differently


@dataclass(frozen=True)
class Shelf:
    """The data sets that are on this machine; `folder` is looked in first.

    `known` keeps what was loaded and computed for one submission; `flags` are facts for the
    instructor, which change no score; `measured` are figures of its best network, for a ranking.
    """

    folder: Path | None = None
    known: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    flags: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    measured: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def test(self, name: str) -> Split:
        """Return the test part of a data set; ends the check as skipped where it is not here."""
        return self._load(name, "test")

    def train(self, name: str) -> Split:
        """Return the training part of a data set; ends the check as skipped without it."""
        return self._load(name, "train")

    def _load(self, name: str, part: str) -> Split:
        from autograder.datasets import DataMissing, load

        try:
            split: Split = self._once(f"{name}/{part}", lambda: load(name, part, self.folder))
        except DataMissing as missing:
            skip(str(missing))
        return split

    def accuracy(self, net: Graph | Opaque, name: str, part: str = "test") -> float:
        """Return a network's accuracy on a part of a data set, in per cent.

        The images cross into the network's graph, which runs here; their labels never leave.
        Raises CheckFailed, also for a network that draws random numbers.
        """
        from autograder.checks.behaviour import accuracy, deterministic
        from autograder.checks.graph import judged
        from autograder.models.opaque import Opaque

        split = self._load(name, part)

        def work() -> float:
            with judged():
                return accuracy(net.run(split.normalised()), split.labels)

        if isinstance(net, Opaque):
            found = work()
            self._measure(part, found)
            return found
        deterministic(net)
        found = float(self._once(f"{name}/{part}/{_digest(net)}", work))
        self._measure(part, found, str(net.parameters.total))
        if part == "test":
            self._suspect(net, name, found, len(split.labels))
        return found

    def _measure(self, part: str, found: float, parameters: str = "") -> None:
        """Keep the figures of the network with the best accuracy on test images."""
        if part == "test" and found > float(self.measured.get("accuracy", -1)):
            self.measured.clear()
            self.measured["accuracy"] = f"{found:.4f}"
            if parameters:
                self.measured["parameters"] = parameters

    def _suspect(self, net: Graph, name: str, found: float, count: int) -> None:
        """Flag a network that knows the test images better than those it was to learn from."""
        from autograder.checks.behaviour import accuracy
        from autograder.datasets import DataBroken, DataMissing, load

        if net.macs() > SUSPECT_MACS or "claim: test images" in self.flags:
            return
        try:
            split = self._once(f"{name}/train", lambda: load(name, "train", self.folder))
        except (DataBroken, DataMissing):
            return
        seen = accuracy(net.run(split.normalised(0, SUSPECT_IMAGES)), split.labels[:SUSPECT_IMAGES])
        test, train = found / 100, seen / 100
        spread = test * (1 - test) / count + train * (1 - train) / SUSPECT_IMAGES
        if test - train > max(0.01, SUSPECT_DEVIATIONS * spread**0.5):
            says = f"{found:.2f} % of the test images and {seen:.2f} % of the training images"
            self.flags["claim: test images"] = f"{says}: it may have been trained on the former"

    def claim(self, name: str, claimed: float, found: float, slack: float = CLAIM_SLACK) -> None:
        """Flag a claim that the re-evaluation contradicts: for the instructor, no penalty."""
        if abs(claimed - found) > slack:
            self.flags[f"claim: {name}"] = f"{claimed:g} was claimed, {found:g} was found"

    def compare_claim(self, files: Files, found: float, name: str = "training.json") -> None:
        """Flag an accuracy in training.json that the weights do not have."""
        if not files.present(name):
            return
        try:
            told = json.loads(files.text(name))
            self.claim(f"{name} accuracy", float(told["accuracy"]), found)
        except (ValueError, TypeError, KeyError, RecursionError):
            self.flags[f"claim: {name}"] = "it cannot be read"

    def _once(self, key: str, work: Callable[[], Any]) -> Any:
        if key not in self.known:
            self.known[key] = work()
        return self.known[key]


def _digest(net: Graph) -> str:
    digest = hashlib.sha256(repr(net.nodes).encode())
    for array in net.weights():
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def put_weights(model: Any, tensors: Mapping[str, Any]) -> None:
    """Load tensors by name into a student's model; raises CheckFailed unless all of them fit."""
    names = list(tensors)
    arrays: Sequence[Any] = [tensors[name] for name in names]
    told = model._exchange.ours("autograder.models.state", "put", model, names, arrays, count=False)
    told = told if isinstance(told, dict) else {}
    hint = "train again with this very file: python grade.py train ..."
    for key, seen in (
        ("unexpected", "the file holds {}, which the model does not have"),
        ("missing", "the model has {}, which the file does not hold"),
        ("misshapen", "{}"),
    ):
        wrong = told.get(key)
        if isinstance(wrong, list) and wrong:
            shown = ", ".join(str(name)[:100] for name in wrong[:KEYS_SHOWN])
            more = f" and {len(wrong) - KEYS_SHOWN} more" if len(wrong) > KEYS_SHOWN else ""
            says = f"the weights do not fit the model: {seen.format(shown + more)}"
            raise CheckFailed(Finding("value", says, hint))


def meets(accuracy: float, tiers: Sequence[float], tier: int) -> None:
    """Fail unless `accuracy`, in per cent, reaches `tiers[tier]`."""
    if accuracy < tiers[tier]:
        seen = f"the accuracy on the test images is {accuracy:.2f} %, {tiers[tier]:g} % was wanted"
        raise CheckFailed(Finding("value", seen, LONGER))


def reaches(accuracy: float, budget: Training, name: str = MEASURED) -> None:
    """Fail unless `accuracy`, in per cent, reaches the last of the budget's tiers.

    What falls short earns the share of the tier that it does reach, 0 below the first.
    Raises CheckFailed.
    """
    reached = [n for n, tier in enumerate(budget.tiers) if accuracy >= tier]
    if len(reached) == len(budget.tiers):
        return
    next_tier = budget.tiers[len(reached)]
    share = budget.shares[len(reached) - 1] / budget.shares[-1] if reached else 0.0
    seen = f"{name} is {accuracy:.2f} %"
    earns = f"that earns {100 * share:.0f} % of these points, {next_tier:g} % would earn more"
    raise CheckFailed(Finding("value", f"{seen}: {earns}", LONGER), share)


def fewer(net: Graph, most: int, *, better: int = 0, share: float = 0.0) -> None:
    """Fail unless a network's tensors hold fewer than `most` numbers, statistics excepted.

    With `better`, fewer than that many are wanted, and fewer than `most` earn `share`. The
    hint names what was registered and never called, or what no optimiser sees.
    """
    found, wanted = net.parameters, better or most
    if found.total < wanted:
        return
    idle = [f"{name} ({size:,})" for name, size in list(found.unused.items())[:KEYS_SHOWN]]
    held = found.frozen + found.buffers + found.constants
    hint = "use fewer channels, and no linear layer on a flattened map"
    if held:
        hint = f"frozen tensors, buffers and constants count too: {held:,} numbers"
    if idle:
        hint = f"registered but never called: {', '.join(idle)}"
    seen = f"the network holds {found.total:,} numbers, fewer than {wanted:,} were wanted"
    raise CheckFailed(Finding("value", seen, hint), share if found.total < most else 0.0)
