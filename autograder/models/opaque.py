"""A model that no graph can hold: its outputs are asked of the student's own process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.models.graph import ModelFailure

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Opaque:
    """A model whose operations depend on its input, so that one pass does not describe it.

    It can be run on inputs without labels, and nothing else: parameters cannot be counted,
    layers cannot be seen. `reason` says why; `ask` gives the worker's outputs for inputs.
    """

    reason: str
    ask: Callable[[Array], Any]

    def run(self, images: Array, batch: int = 250) -> Array:
        """Return outputs (N, K) for images (N, *shape), `batch` at a time, as claims.

        Raises ModelFailure for outputs that are no numbers of one shape.
        """
        found: list[Array] = []
        for start in range(0, len(images), batch):
            part = images[start : start + batch]
            out = self.ask(part)
            good = isinstance(out, np.ndarray) and out.dtype.kind in "fiu" and out.ndim == 2
            if not good or len(out) != len(part) or (found and out.shape[1:] != found[0].shape[1:]):
                raise ModelFailure(f"{len(part)} images did not give a row of numbers each")
            found.append(np.asarray(out, dtype=np.float32))
        return np.concatenate(found)
