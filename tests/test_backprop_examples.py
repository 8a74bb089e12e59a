"""The worked numbers of s03_backprop's public checks: right, and no accident."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

from autograder.checks.run import load_module

ROOT = Path(__file__).resolve().parents[1]
PUBLIC = load_module(ROOT / "assignments/s03_backprop/test_public.py", "public_backprop")
HIDDEN = load_module(ROOT / "solutions/s03_backprop/test_hidden.py", "hidden_backprop")
MASTER = load_module(ROOT / "solutions/s03_backprop/backprop.py", "master_backprop")
EXACT = {name: sympy.N(value, 40) for name, value in PUBLIC.PAPER.items()}


def part(kind: str) -> list[Any]:
    return [EXACT[name] for name in sorted(EXACT) if name[0] == kind]


def growth(w: list[Any]) -> list[list[Any]]:
    """Return dE1/dw and dE2/dw on paper by central differences in 40 digits."""
    rows = []
    for error in ("E1", "E2"):
        row = []
        for k in range(8):
            ends = []
            for step in (sympy.Float("1e-12", 40), -sympy.Float("1e-12", 40)):
                moved = [x + step * int(j == k) for j, x in enumerate(w)]
                ends.append(HIDDEN.network(moved, part("i"), part("t"), sympy.exp)[error])
            row.append((ends[0] - ends[1]) / sympy.Float("2e-12", 40))
        rows.append(row)
    return rows


def test_the_values_on_paper_follow_from_its_weights() -> None:
    found = HIDDEN.network(part("w"), part("i"), part("t"), sympy.exp)
    for name in found.keys() & EXACT.keys():
        assert abs(found[name] - EXACT[name]) < 1e-30, name


def test_the_slopes_on_paper_are_those_of_the_error() -> None:
    right = growth(part("w"))
    given = list(zip(*(PUBLIC.SLOPES[f"w{k}"] for k in range(1, 9)), strict=True))
    assert np.allclose(np.array(right, float), np.array(given, float), rtol=0, atol=1e-14)
    w = part("w")
    later = [*w[:4], *(w[k] - (right[0][k] + right[1][k]) / 2 for k in range(4, 8))]
    late = np.array(growth(later), float).sum(0)[:4]
    assert np.allclose(late, PUBLIC.TOO_LATE, rtol=0, atol=1e-14)


def test_the_curves_are_those_of_the_descent() -> None:
    start = HIDDEN.network(PUBLIC.START)
    assert abs(start["E"] - PUBLIC.E_AT_START) < 1e-10
    assert abs(start["E1"] - PUBLIC.E1_AT_START) < 1e-10
    assert abs(HIDDEN.curve(0.5, 1)[1] - PUBLIC.E_AT_HALF) < 1e-10
    ways: dict[str, Any] = {
        PUBLIC.TOGETHER: HIDDEN.in_turn,
        PUBLIC.DOWNHILL: lambda w, rate: -HIDDEN.slopes(w),
        PUBLIC.ONCE: lambda w, rate: HIDDEN.slopes(PUBLIC.START),
    }
    for rate, right in PUBLIC.CURVES.items():
        assert np.allclose(HIDDEN.curve(rate, 3)[1:], right, rtol=0, atol=1e-10)
        for hint, gradient in ways.items():
            wrong = HIDDEN.curve(rate, 2, gradient=gradient)[1:]
            assert np.allclose(wrong, PUBLIC.WRONG_CURVES[hint][rate], rtol=0, atol=1e-10)


@pytest.mark.parametrize("weight", ["w1", "w2", "w5", "w7"])
def test_another_letter_gives_another_value_on_paper(weight: str) -> None:
    formula = MASTER.GRADIENTS[weight]
    right = formula.subs(EXACT)
    assert abs(right - sum(PUBLIC.SLOPES[weight])) < 1e-30
    for letter in formula.free_symbols:
        for name, value in (EXACT | {"0": 0, "1": 1}).items():
            if name == str(letter) or (name == "1" and EXACT[str(letter)] == 1):
                continue
            slip = formula.subs(letter, value).subs(EXACT)
            assert abs(slip - right) > 1e-6, f"{name} in the place of {letter}"
