"""The pieces that a report is told in, and the report as whatever prints or shows it needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from stations.handouts.tables import Table


@dataclass(frozen=True, slots=True)
class Finding:
    """What stands first: the finding in a sentence, its key figures, and what else is to be known."""

    headline: str
    figures: Sequence[tuple[str, str]]
    more: str


@dataclass(frozen=True, slots=True)
class Heading:
    """Head of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Map:
    """A map, with what it shows in words, for those who do not see it."""

    theme: StrEnum
    caption: str


@dataclass(frozen=True, slots=True)
class Tabled:
    """A table; `left_out` says how many of its rows are in the workbook alone."""

    table: Table
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """The share covered in each hour of a week, as a table to be coloured."""

    table: Table


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and values."""

    facts: Sequence[tuple[str, str]]


Piece = Finding | Heading | Words | Points | Map | Tabled | Clock | Facts


Maps = Mapping[Any, bytes]
"""Maps as PNG, by what they show: a `StrEnum` of the one or the other kind of report."""


@dataclass(frozen=True)
class Document:
    """A report, to be printed or shown.

    Attributes
    ----------
    title, headline, caption
        What it is, its finding, and what was asked.
    source, made
        Whose the ground is and from which revision it is made; and the latter alone.
    day
        On which it was asked for.
    pieces
        The finding first.
    draw
        Draws a map of it for a page.
    """

    title: str
    headline: str
    caption: str
    source: str
    made: str
    day: date
    pieces: Sequence[Piece]
    draw: Callable[[StrEnum], bytes] = field(repr=False)

    @cached_property
    def themes(self) -> list[StrEnum]:
        """What its maps show."""
        return [piece.theme for piece in self.pieces if isinstance(piece, Map)]

    def drawn(self, maps: Maps | None = None) -> Maps:
        """Its maps; those that are not given are drawn."""
        given = {} if maps is None else maps
        return {theme: given[theme] if theme in given else self.draw(theme) for theme in self.themes}


def cut(table: Table, most: int) -> Tabled:
    """A table with the first rows alone, when it has more than a page holds."""
    if len(table.rows) <= most:
        return Tabled(table)
    return Tabled(replace(table, rows=table.rows[:most]), len(table.rows) - most)
