"""The curves of a training as an SVG picture: loss, accuracy and learning rate over epochs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

WIDTH, LEFT, RIGHT, TOP = 640, 64, 16, 56
TICKS = 4
INK, GRID, BACK = "#1b1f24", "#d5dae0", "#ffffff"


@dataclass(frozen=True)
class Curve:
    """One curve: its name with the unit, the key of its values, colour, and place in pixels."""

    name: str
    key: str
    color: str
    top: int
    height: int


CURVES = (
    Curve("accuracy on held-out images (%)", "accuracy", "#0b6e4f", TOP, 170),
    Curve("training loss", "loss", "#b3261e", TOP + 220, 130),
    Curve("learning rate", "lr", "#2a5db0", TOP + 400, 80),
)
HEIGHT = TOP + 400 + 80 + 48


def curves(whole: Mapping[str, Any]) -> str:
    """Return the picture of what training.json holds: one panel a curve, epochs below.

    Rows without a value, or with one that is not finite, leave a gap in their curve.
    """
    history = [row for row in whole["history"] if _finite(row.get("epoch"))]
    last = max((row["epoch"] for row in history), default=0.0)
    right = max(float(whole["budget"]["epochs"] or 0), last, 1e-9)
    title = f"Training of {whole['assignment']} on {whole['dataset']}"
    body = [line for curve in CURVES for line in _panel(curve, history, right)]
    about = escape(_about(whole))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
            f' width="{WIDTH}" height="{HEIGHT}" role="img" aria-labelledby="title about"'
            f' font-family="system-ui, sans-serif" font-size="13" fill="{INK}">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="about">{about}</desc>',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{BACK}"/>',
            f'<text x="{LEFT}" y="22" font-size="16" font-weight="600">{escape(title)}</text>',
            *body,
            f'<text x="{(LEFT + WIDTH - RIGHT) // 2}" y="{HEIGHT - 8}" text-anchor="middle">'
            "epoch</text>",
            "</svg>",
            "",
        ]
    )


def _about(whole: Mapping[str, Any]) -> str:
    best = whole["best"]
    if not best:
        return "No accuracy was measured."
    now = f"Accuracy {whole['accuracy']:.2f} % " if _finite(whole["accuracy"]) else "Trained "
    top = f"the best was {best['accuracy']:.2f} % at epoch {best['epoch']:g}."
    return f"{now}after {whole['epochs']:g} epochs; {top}"


def _panel(curve: Curve, history: Sequence[Mapping[str, Any]], right: float) -> list[str]:
    points = [(row["epoch"], row[curve.key]) for row in history if _finite(row.get(curve.key))]
    values = [value for _, value in points]
    low, high, step = _range(values)
    bottom = curve.top + curve.height

    def x(epoch: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * epoch / right

    def y(value: float) -> float:
        return bottom - curve.height * (value - low) / (high - low)

    rows = [f'<text x="{LEFT}" y="{curve.top - 10}" fill="{curve.color}">{curve.name}</text>']
    for tick in _ticks(low, high, step):
        rows.append(_line(LEFT, y(tick), WIDTH - RIGHT, y(tick)))
        rows.append(_label(LEFT - 6, y(tick) + 4, f"{tick:.6g}", "end"))
    for tick in _ticks(0.0, right, _step(right)):
        rows.append(_line(x(tick), bottom, x(tick), bottom + 4))
        rows.append(_label(x(tick), bottom + 18, f"{tick:.6g}", "middle"))
    if not points:
        rows.append(_label((LEFT + WIDTH) / 2, bottom - curve.height / 2, "not noted", "middle"))
    rows += [_path(run, x, y, curve.color) for run in _runs(history, curve.key)]
    if len(points) == 1:
        at = f'cx="{x(points[0][0]):.1f}" cy="{y(points[0][1]):.1f}"'
        rows.append(f'<circle {at} r="3" fill="{curve.color}"/>')
    return rows


def _runs(history: Sequence[Mapping[str, Any]], key: str) -> list[list[tuple[float, float]]]:
    """Return the parts of a curve between its gaps, those of two points or more."""
    runs: list[list[tuple[float, float]]] = [[]]
    for row in history:
        if _finite(row.get(key)):
            runs[-1].append((row["epoch"], row[key]))
        else:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _path(run: list[tuple[float, float]], x: Any, y: Any, color: str) -> str:
    places = " ".join(f"{x(epoch):.1f},{y(value):.1f}" for epoch, value in run)
    style = f'fill="none" stroke="{color}" stroke-width="2" stroke-linejoin="round"'
    return f'<polyline points="{places}" {style}/>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{GRID}"/>'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="12" text-anchor="{anchor}">{text}</text>'


def _range(values: Sequence[float]) -> tuple[float, float, float]:
    """Return where an axis begins and ends, and its step: round numbers around the values."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    span = high - low if high - low > 1e-9 * max(abs(high), abs(low)) else max(abs(high), 1e-6)
    step = _step(span)
    first, last = math.floor(low / step) * step, math.ceil(high / step) * step
    return first, last if last > first else first + step, step


def _step(span: float) -> float:
    """Return a round step, 1, 2 or 5 times a power of ten, that divides `span` in some parts."""
    power = 10.0 ** math.floor(math.log10(span / TICKS))
    return next(m * power for m in (1, 2, 5, 10) if m * power * TICKS >= span * 0.999)


def _ticks(low: float, high: float, step: float) -> list[float]:
    return [low + n * step for n in range(int((high - low) / step + 1e-6) + 1)]


def _finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)
