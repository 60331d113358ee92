"""Where the templates of handouts come from: they are written by commands, too, where there is no page around them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from flask_babel import gettext, ngettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined

PROJECT = Path(__file__).resolve().parent.parent.parent


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates, in the language being spoken whenever one is rendered."""
    environment = Environment(
        loader=FileSystemLoader(PROJECT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment
