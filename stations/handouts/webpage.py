"""A report as one page of HTML, to read on a screen or to print: the same pieces as the PDF."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import format_date

from stations.handouts.clocktables import whole_per_cent
from stations.handouts.colours import class_of
from stations.handouts.environment import PROJECT, templates
from stations.handouts.pieces import (
    Clock,
    Document,
    Facts,
    Finding,
    Heading,
    Map,
    Maps,
    Piece,
    Points,
    Tabled,
    Words,
)
from stations.handouts.tables import Table, printed, printed_heading
from stations.wording.spoken import language

TEMPLATE = "handouts/report.html"
STYLE = PROJECT / "static" / "css" / "report.css"


@lru_cache(maxsize=1)
def style() -> str:
    """The page's style, which it holds itself."""
    return re.sub(r"/\*.*?\*/\s*", "", STYLE.read_text(encoding="utf-8"), flags=re.DOTALL)


def policy() -> str:
    """What the page, and the file that is kept of it, allow: no network, no script, and no style but their own."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def write_page(told: Document, maps: Maps | None = None) -> str:
    """Write a report as a page that needs nothing beside it, in the language being spoken.

    Parameters
    ----------
    maps
        The maps as PNG, where they were drawn already.

    Raises
    ------
    NoFontError
        There are no letters to draw maps with.
    """
    return (
        templates()
        .get_template(TEMPLATE)
        .render(
            report=told,
            day=str(format_date(told.day, "long", rebase=False)),
            pieces=[(type(piece).__name__.lower(), _shown(piece)) for piece in told.pieces],
            pictures={theme: base64.b64encode(content).decode() for theme, content in told.drawn(maps).items()},
            style=style(),
            policy=policy(),
            lang="en" if language() == "en" else "zh-Hans",
        )
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table in words: a class for each column, heads, lines, whether the last is a total."""

    title: str
    kinds: Sequence[str]
    heads: Sequence[str]
    lines: Sequence[Sequence[str]]
    has_total: bool
    left_out: int


@dataclass(frozen=True, slots=True)
class _Hours:
    """The clock: hours, and for each day its name and, for each hour, words and a class of colour."""

    hours: Sequence[str]
    days: Sequence[tuple[str, Sequence[tuple[str, int]]]]


def _shown(piece: Piece) -> Finding | Heading | Words | Points | Map | Facts | _Grid | _Hours:
    if isinstance(piece, Tabled):
        return _grid(piece.table, piece.left_out)
    if isinstance(piece, Clock):
        return _hours(piece.table)
    return piece


def _grid(table: Table, left_out: int) -> _Grid:
    kept = [at for at, column in enumerate(table.columns) if column.printed]
    columns = [table.columns[at] for at in kept]
    return _Grid(
        title=table.title,
        kinds=["" if column.is_text else "n" for column in columns],
        heads=[printed_heading(column, table.unit) for column in columns],
        lines=[[printed(line[at], table.columns[at], table.unit) for at in kept] for line in table.lines],
        has_total=table.total is not None,
        left_out=left_out,
    )


def _hours(table: Table) -> _Hours:
    hours = [str(row[0])[:2] for row in table.rows]
    days = []
    for at, column in enumerate(table.columns[1:], 1):
        shares = [row[at] for row in table.rows]
        cells = [
            (whole_per_cent(share), class_of(share if isinstance(share, float | int) else None)) for share in shares
        ]
        days.append((column.heading, cells))
    return _Hours(hours, days)
