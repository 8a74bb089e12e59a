"""Numbers and letters of formulas in one notation: that of LaTeX and of plain text are the same."""

from __future__ import annotations

import re

_FRACTION = re.compile(
    r"(?<!\d)\\[dtc]?frac\s*(?:\{\s*([-−]?\d+)\s*\}\s*\{\s*(\d+)\s*\}|(\d)\s*(\d)(?!\d)|(\d)\s*\{(\d+)\})"
)
_APART = re.compile(r"([&({}\[,]\s*|\\\\\s*)(?:-[ \t]+|\{-\})(?=[\d.])")
_UPRIGHT = re.compile(r"\\(?:mathrm|mathit|mathbf|mathsf|text|operatorname)\s*\{([^{}]*)\}")
_SPACE = re.compile(r"(?<!\\)\\(?:left|right|[bB]igg?[lr]?|displaystyle|quad|qquad|[,;!: ])|~")
_FRAC = re.compile(r"\\[dtc]frac(?![a-zA-Z])")
_TIMES = re.compile(r"\\(?:cdot|times|ast)(?![a-zA-Z])|[·×⋅∗]")
_POWER = {"²": "^2", "³": "^3", "−": "-", "σ": "sigma", "\\sigma": "sigma"}
# An index above and one below, as in w^{12}_3; then an index below alone.
_BOTH = re.compile(r"(?<=[A-Za-z])\^(?:\{(\w+)\}|(\w))_(?:\{(\w+)\}|(\w))")
_BELOW = re.compile(r"(?<=[A-Za-z])_\{([^{}]*)\}")
_JOINED = re.compile(r"(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])")
_WORD = re.compile(r"[^\W_]+")
# How a displayed formula begins, and how it ends.
_DISPLAY = re.compile(r"\$\$|\\\[|\\begin\{(?:align|aligned|equation|gather|split)\*?\}")
# A formula goes on in the next line where that begins with a sign.
_ON = re.compile(r"\\\\\s*(?:&\s*)?(?=[-+*])")
# A line end inside a formula, which parts nothing.
SOFT = "\v"
_END = re.compile(r"[\n\v]")


def plain(text: str) -> str:
    r"""Write \\frac{1}{2} as 1/2, and every minus sign as one that touches its number."""
    if "−" in text or "–" in text:
        text = re.sub("[−–](?=[ \t]?[\\d.\\\\])", "-", text)
    if "frac" in text:
        text = _FRACTION.sub(_as_quotient, text)
    return _APART.sub(r"\1-", text) if "- " in text or "{-}" in text else text


def _as_quotient(found: re.Match[str]) -> str:
    top, below = (part for part in found.groups() if part is not None)
    return f"{top}/{below}" + "\n" * found[0].count("\n")


def bare(name: str) -> str:
    """Return a name without its underscores: how `squeezed` writes it."""
    return name.replace("_", "")


def squeezed(text: str) -> str:
    r"""Write a_{h1}, a_{h_1} and a_h1 as ah1, signs of LaTeX as those of Python.

    Line ends stay where they are; within a displayed formula they become `SOFT`.
    """
    text = _displayed(text)
    if "\\" in text:
        text = _FRAC.sub(r"\\frac", _SPACE.sub(" ", _UPRIGHT.sub(r"\1", text)))
    text = _TIMES.sub("*", text)
    if "\\\\" in text:
        text = _ON.sub(lambda found: " " + SOFT * len(_END.findall(found[0])), text)
    for sign, written in _POWER.items():
        text = text.replace(sign, written)
    if "_{" in text or "^" in text:
        text = _BOTH.sub(lambda found: "".join(part or "" for part in found.groups()), text)
        for _ in range(2):
            text = _BELOW.sub(lambda found: "".join(_WORD.findall(found[1])), text)
    return _JOINED.sub("", text)


def _displayed(text: str) -> str:
    """Return a text with soft line ends in its displayed formulas."""
    parts, at, missing = [], 0, set[str]()
    for found in _DISPLAY.finditer(text):
        close = "$$" if found[0] == "$$" else "\\]" if found[0] == "\\[" else "\\end"
        if found.start() < at or close in missing:
            continue
        end = text.find(close, found.end())
        if end < 0:
            missing.add(close)
            continue
        parts += [text[at : found.start()], text[found.start() : end].replace("\n", SOFT)]
        at = end + len(close)
        parts.append(close)
    return "".join([*parts, text[at:]])
