"""What all HTML pages share: their folder of templates, escaping, and a style with its digest."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"


def open_page(
    name: str, styles: tuple[str, ...], filters: Mapping[str, Callable[..., str]] | None = None
) -> tuple[str, str, Template]:
    """Return the style, its digest for the content policy, and the template `name`."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    style = "".join((TEMPLATES / sheet).read_text(encoding="utf-8") for sheet in styles)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters or {})
    return style, digest, environment.get_template(name)
