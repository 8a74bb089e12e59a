"""JSON and HTML as documents: valid, self-contained and accessible."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
import show_reports as reports
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

import autograder.show
from autograder.report import Report
from autograder.show.data import to_json
from autograder.show.html import html

SHOW = Path(autograder.show.__file__).parent
REPORT = Draft202012Validator(json.loads((SHOW / "report.schema.json").read_text("utf-8")))
quick = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@quick
@given(reports.reports)
def test_json_follows_its_schema(report: Report) -> None:
    REPORT.validate(json.loads(to_json(report)))


def drop(key: str) -> Callable[[dict], object]:
    return lambda data: data.pop(key)


@pytest.mark.parametrize(
    "spoil",
    [
        drop("earned"),
        drop("questions"),
        lambda d: d.update(schema=2),
        lambda d: d.update(outcome="perfect"),
        lambda d: d.update(extra=1),
        lambda d: d["questions"][0].pop("checks"),
        lambda d: d["questions"][0].update(earned=-1),
        lambda d: d["questions"][0]["checks"][0].update(outcome=None),
        lambda d: d["questions"][1]["checks"][3].update(hidden=True),
        lambda d: d["questions"][1]["checks"][3]["finding"].update(kind="mood"),
    ],
)
def test_json_schema_refuses(spoil: Callable[[dict], object]) -> None:
    data = json.loads(to_json(reports.failing()))
    REPORT.validate(data)
    spoil(data)
    assert not REPORT.is_valid(data)


@pytest.mark.parametrize(
    "name", ["inputs", "got", "want", "where", "traceback", "output", "exception"]
)
def test_json_schema_refuses_a_hidden(name: str) -> None:
    data = json.loads(to_json(reports.hidden_failing()))
    REPORT.validate(data)
    data["questions"][0]["checks"][2]["finding"][name] = "something"
    assert not REPORT.is_valid(data)


def test_json_refuses_what_it_cannot_say() -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json(replace(reports.failing(), seconds=math.nan))


class Outline(HTMLParser):
    """The tags of a page, its headings, its ids and its links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "rect":
            assert self.open.pop() == tag

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag in names]


KNOWN = re.compile(
    "html|head|meta|title|style|body|header|main|footer|section|h[123]|p|strong|span|code|pre|svg|"
    "rect|div|d[ltd]|table|caption|thead|tbody|t[rhd]|a|details|summary|ul|li"
)


@quick
@given(reports.reports)
def test_html_is_a_page_of_ours_alone(report: Report) -> None:
    outline = Outline(html(report))
    assert outline.open == []
    assert [tag for tag, _ in outline.tags if not KNOWN.fullmatch(tag)] == []
    names = {name for _, attrs in outline.tags for name in attrs}
    assert not {n for n in names if n.startswith("on")} | (names & {"src", "style", "action"})
    assert all((a["href"] or "").startswith("#question-") for a in outline.all("a"))
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {(a["href"] or "")[1:] for a in outline.all("a")} <= set(ids)


@pytest.mark.parametrize("make", [reports.failing, reports.error, reports.green_hidden])
def test_html_is_accessible(make: Callable[[], Report]) -> None:
    report = make()
    page = html(report)
    outline = Outline(page)
    assert page.startswith("<!DOCTYPE html>")
    assert outline.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for landmark in ("header", "main", "footer", "title", "caption"):
        assert len(outline.all(landmark)) == 1
    assert {a["scope"] for a in outline.all("th")} == {"col", "row"}
    assert len(outline.all("details")) == len(outline.all("summary")) == len(report.checks)
    (bar,) = outline.all("svg")
    assert bar["role"] == "img"
    assert "of 100 points" in str(bar["aria-label"]) or make is reports.error


def test_html_forbids_scripts_and_allows_only_its_own_style() -> None:
    page = html(reports.failing())
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "script-src" not in policy
    assert "http://" not in page
    assert "https://" not in page


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two hex colours, after WCAG 2.1."""
    lights = []
    for color in (one, other):
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_html_contrast(scheme: int) -> None:
    css = (SHOW / "templates" / "report.css").read_text("utf-8")
    block = css.split(":root {")[1 + scheme].split("}")[0]
    colors = dict(re.findall(r"--(\w+): (#\w{6});", block))
    texts = ("ink", "soft", "link", "passed", "failed", "waiting", "skipped", "error", "person")
    low = {
        (text, ground): round(contrast(colors[text], colors[ground]), 2)
        for text in texts
        for ground in ("paper", "card", "code")
        if contrast(colors[text], colors[ground]) < 4.5
    }
    assert low == {}
    assert contrast(colors["passed"], colors["track"]) >= 3
