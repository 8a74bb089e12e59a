"""Answers of one letter or one truth, told in a sentence that names what they answer.

Numbers are not looked for, nor truths whose name asks nothing: of many a constant the handout
says what it is, and means to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from autograder.leaks.spot import Spot
from autograder.leaks.worked import Answer

# How long a name must be; how far from it an answer may stand, and what takes it back.
NAME, _BEFORE, _SENTENCES = 3, 80, 300
_ASKS = re.compile(r"(?:is|are|has|have|can|do|does|will|must)_", re.I)
_QUOTE, _UNQUOTE = r"[`\"'*(]{0,4}", r"[`\"'*)]{0,4}"
# White space that does not begin a new item or paragraph.
_BLANK = r"(?:[ \t]|\n(?![ \t]*(?:[-*][ \t]|[|#\n]|\d\.|\w\))))"
_LINK = (
    r"is|are|was|be|must|should|has|to|will|would|equals|the|correct|right|true|answer|choice"
    r"|letter|option|solution|value|for|of|it|so"
)
_NOUN = r"(?:answer|choice|letter|option|solution)"
_SAYS = re.compile(r"\b(?:is|be|equals|answer|choice|correct|right|solution)\b", re.I)
# "the answer to", and what names a question more closely, just before its name.
_TO = re.compile(rf"\b{_NOUN}\s+(?:to|for|of|in)\s+(?:the\s+)?(?:question\s+)?{_QUOTE}\Z", re.I)
# What ends a claim; where "a" may also begin the next words, fewer signs do.
_ENDS = (
    r"(?=[.,;:!](?!\w)|\s*\Z|\s*\n|\s*\||\s+\(|\s+[-–—]"
    r"|\s+(?:because|since|as|for|due|and|with)\b)"
)
_ENDS_A = r"(?=[.,;!](?!\w)|\s*\Z|\s*\||\s+(?:because|since|due)\b)"
# A list of choices is no answer, nor is what somebody supposes or asks.
_LISTED = (
    r"(?!\s*(?:,|/|\||or\b|and\b)\s*(?:or\s+|and\s+)?"
    r"(?:[`\"'*(]*[A-Za-z0-9][`\"'*)]*(?!\w)|[`\"'*]*(?:True|False)\b))"
)
_SUPPOSED = re.compile(
    r"\b(?:if|suppose|say|example|instance|e\.g|assume|imagine|when|whether|not|were|like)\b", re.I
)
_END = re.compile(r"[.!?](?=\s)|\n[ \t]*\n")
_BECAUSE = re.compile(r"[ \t,(]*\n?[ \t]*(?:because|since|due)\b")


@dataclass(frozen=True)
class Choice:
    """What is answered, by its name, and the answer as it is written."""

    name: str
    answer: str
    spot: Spot

    @cached_property
    def named(self) -> re.Pattern[str]:
        """What finds the name as it is written in code or said; a plain word needs a quote."""
        if "_" in self.name:
            said = r"[_ -]".join(map(re.escape, self.name.split("_")))
            return re.compile(rf"(?<![\w.-]){said}(?![\w-]){_UNQUOTE}", re.I)
        if self.name.islower():
            return re.compile(rf"[`\"']{re.escape(self.name)}[`\"']")
        return re.compile(rf"(?<![\w.-]){re.escape(self.name)}(?![\w-]){_UNQUOTE}")

    @cached_property
    def after(self) -> re.Pattern[str]:
        """What tells the answer behind its name."""
        ends = _ENDS_A if self.answer in "aAiI" else _ENDS
        link = rf"(?:{_BLANK}|[:=,>→-]|\b(?:{_LINK})\b)+"
        answer = rf"{_QUOTE}(?<!\w){self.answer}(?!\w){_UNQUOTE}"
        return re.compile(rf"(?P<link>{link}){answer}{_LISTED}{ends}", re.I)

    @cached_property
    def before(self) -> re.Pattern[str]:
        """What tells the answer before its name, which stands right behind."""
        answer = rf"(?<![\w.]){self.answer}(?!\w){_UNQUOTE}"
        is_it = rf"{answer}\s+is\s+(?:the\s+)?(?:(?:right|correct)\s+)?{_NOUN}\s+(?:to|for|of|in)"
        do_it = rf"\b(?:choose|pick|take|write|enter|put|answer)\s+{_QUOTE}{answer}"
        return re.compile(
            rf"(?:{is_it}|{do_it}\s+(?:for|to|in|into|as|under))\s+"
            rf"(?:the\s+)?(?:question\s+)?{_QUOTE}\Z",
            re.I,
        )


def choices(answers: Iterable[Answer], public: str) -> tuple[Choice, ...]:
    """Return the answers of one letter or truth that `public` does not tell."""
    found = []
    for answer in answers:
        text = _short(answer)
        if text and len(answer.name) >= NAME:
            found.append(Choice(answer.name, text, answer.spot))
    given = {choice for _, choice in standing(public, found)}
    return tuple(choice for choice in found if choice not in given)


def standing(text: str, secret: Iterable[Choice]) -> Iterator[tuple[int, Choice]]:
    """Yield (line, choice) of each answer that a sentence tells."""
    for choice in secret:
        found = choice.named.finditer(text) if _may_name(text, choice.name) else ()
        named = next((name for name in found if _told(name, choice, text)), None)
        if named is not None:
            yield text.count("\n", 0, named.start()) + 1, choice


def _short(answer: Answer) -> str:
    """Return an answer of one sign or one truth as it is written; nothing for any other."""
    value = answer.value
    if isinstance(value, bool):
        return str(value) if _ASKS.match(answer.name) else ""
    return value if isinstance(value, str) and re.fullmatch(r"\w", value) else ""


def _may_name(text: str, name: str) -> bool:
    first = name.split("_")[0] if "_" in name else name
    return first in text or ("_" in name and first.casefold() in text.casefold())


def _told(name: re.Match[str], choice: Choice, text: str) -> bool:
    """Tell whether the sentence in which a name stands tells its answer."""
    before = text[max(name.start() - _BEFORE, 0) : name.start()]
    found = choice.after.match(text, name.end())
    if found is not None:
        says = _SAYS.search(found["link"]) or _TO.search(before)
        if says or _BECAUSE.match(text, found.end()):
            return not _supposed(text, name.start(), found.end())
    return bool(choice.before.search(before)) and not _supposed(text, name.start(), name.end())


def _supposed(text: str, first: int, last: int) -> bool:
    """Tell whether a claim is supposed, asked or shown as an example in its sentence."""
    begin = max(first - _SENTENCES, 0)
    for sign in _END.finditer(text, begin, first):
        begin = sign.end()
    after = _END.split(text[last : last + _BEFORE // 2], maxsplit=1)[0]
    return bool(_SUPPOSED.search(text, begin, last) or _SUPPOSED.search(after))
