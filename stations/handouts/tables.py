"""A table as every handout shows it: headings, typed cells, a line of totals; and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from flask_babel import format_decimal, gettext

from stations.exchange.formulas import guarded
from stations.exchange.writing import BOM
from stations.wording.figures import minutes_of, say_amount, say_raw_unit, say_unit

Value = str | int | float | None

NOTHING = "–"
"""Printed where there is nothing to tell."""

DEGREE_DIGITS = 6
"""A tenth of a metre."""


class Kind(StrEnum):
    """What the cells of a column are, and so how they are told."""

    TEXT = "text"
    COUNT = "count"
    AMOUNT = "amount"
    """Demand, in its unit."""
    SHARE = "share"
    """0 to 1, told in per cent."""
    POINTS = "points"
    """A difference of two shares, told in percentage points."""
    INDEX = "index"
    NUMBER = "number"
    MINUTES = "minutes"
    METRES = "metres"
    DEGREES = "degrees"
    COST = "cost"
    """Money, or whatever the budget is counted in."""
    RANGE = "range"
    """From what to what, in words already: for paper alone."""


DIGITS = {
    Kind.AMOUNT: 1,
    Kind.SHARE: 6,
    Kind.POINTS: 6,
    Kind.INDEX: 4,
    Kind.NUMBER: 2,
    Kind.MINUTES: 1,
    Kind.METRES: 0,
    Kind.DEGREES: DEGREE_DIGITS,
    Kind.COST: 2,
}
"""To how many digits a table holds its numbers, in every file the same."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    key
        Its name where programs read it.
    heading
        In the language of the reader, without a unit.
    brief
        For paper; empty where the heading is short enough.
    printed
        False for what a printed page has no room for.
    signed
        A difference, told with its sign.
    """

    key: str
    heading: str
    kind: Kind = Kind.TEXT
    brief: str = ""
    printed: bool = True
    signed: bool = False

    @property
    def is_text(self) -> bool:
        """Whether its cells are words, which stand to the left."""
        return self.kind is Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes
    ----------
    key
        Its name where programs read it.
    rows
        A value for each column; None where there is nothing to tell.
    total
        The line beneath; None where nothing can be added up.
    unit
        Of the amounts.
    note
        How to read it, in a sentence or two.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    total: Sequence[Value] | None = None
    unit: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Hold every number to the digits of its kind, so that no two files differ in what they round."""
        rows = tuple(tuple(map(_held, self.columns, row)) for row in self.rows)
        object.__setattr__(self, "rows", rows)
        if self.total is not None:
            object.__setattr__(self, "total", tuple(map(_held, self.columns, self.total)))

    def column(self, key: str) -> list[Value]:
        """The cells of a column, without the total."""
        at = [column.key for column in self.columns].index(key)
        return [row[at] for row in self.rows]

    @property
    def lines(self) -> list[Sequence[Value]]:
        """The rows and the total."""
        return [*self.rows, *([] if self.total is None else [self.total])]


def heading(column: Column, unit: str) -> str:
    """A column's heading with the unit in which a file for programs holds it."""
    units = {
        Kind.AMOUNT: say_raw_unit(unit),
        Kind.SHARE: gettext("per cent"),
        Kind.POINTS: gettext("percentage points"),
        Kind.MINUTES: gettext("minutes"),
        Kind.METRES: gettext("metres"),
        Kind.DEGREES: "WGS-84",
    }
    if column.kind not in units:
        return column.heading
    return gettext("%(what)s (%(unit)s)", what=column.heading, unit=units[column.kind])


def printed_heading(column: Column, unit: str) -> str:
    """A column's heading on paper, with the unit in which `printed` tells it."""
    words = column.brief or column.heading
    if column.kind is Kind.AMOUNT:
        return gettext("%(what)s (%(unit)s)", what=words, unit=say_unit(unit))
    if column.kind is Kind.MINUTES:
        return gettext("%(what)s (%(unit)s)", what=words, unit=gettext("min"))
    if column.kind is Kind.METRES:
        return gettext("%(what)s (%(unit)s)", what=words, unit=gettext("m"))
    return words


def printed(value: Value, column: Column, unit: str) -> str:
    """A cell as it is printed."""
    if value is None or value == "":
        return NOTHING if column.kind is not Kind.TEXT else ""
    if isinstance(value, str):
        return value
    sign = "+" if column.signed and value > 0 else ""
    if column.kind is Kind.AMOUNT:
        said = say_amount(abs(value), unit)
        if column.signed and value < 0:
            return f"−{said}"
        return f"{sign}{said}"
    if column.kind in {Kind.SHARE, Kind.POINTS}:
        return sign + _per_cent(value, column.kind)
    if column.kind is Kind.MINUTES:
        return str(format_decimal(minutes_of(60.0 * value), format="#,##0"))
    formats = {
        Kind.INDEX: "0.000",
        Kind.NUMBER: "#,##0.0",
        Kind.DEGREES: "0.00000",
        Kind.COST: "#,##0.##",
    }
    return sign + str(format_decimal(value, format=formats.get(column.kind, "#,##0")))


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table as CSV: UTF-8 with a byte order mark, lines ended by CR LF, texts that cannot run as formulas."""
    return (BOM + csv_lines(chain([header], rows))).encode()


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Write rows as lines of CSV, as `write_csv` does."""
    page = io.StringIO(newline="")
    csv.writer(page).writerows([_cell(value) for value in row] for row in rows)
    return page.getvalue()


def table_csv(table: Table) -> bytes:
    """Write a table as CSV, its total as the last row."""
    return write_csv(
        [heading(column, table.unit) for column in table.columns],
        (
            [
                round(100.0 * value, 2) if isinstance(value, float | int) and column.kind in PER_CENT else value
                for value, column in zip(row, table.columns, strict=True)
            ]
            for row in table.lines
        ),
    )


PER_CENT = frozenset({Kind.SHARE, Kind.POINTS})


def _held(column: Column, value: Value) -> Value:
    if isinstance(value, float):
        return round(value, DIGITS[column.kind]) + 0.0 if column.kind in DIGITS else value
    return value


def _per_cent(value: float, kind: Kind) -> str:
    per_cent = 100.0 * value
    if kind is Kind.SHARE:
        # 99.96 must not read as "all", nor 0.04 as "none".
        if 99.95 <= per_cent < 100.0:
            per_cent = 99.9
        elif 0.0 < per_cent < 0.05:
            per_cent = 0.1
        return f"{format_decimal(per_cent, format='0.#' if per_cent in {0.0, 100.0} else '0.0')}%"
    return str(format_decimal(per_cent, format="0.0"))


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return guarded(value) if isinstance(value, str) else value
