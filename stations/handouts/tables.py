"""Tables to take away as CSV that a spreadsheet program opens."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask_babel import gettext

from stations.exchange.formulas import guarded
from stations.exchange.writing import BOM
from stations.questions.coverage import CoverageAnswer, TownshipRow
from stations.wording.figures import say_place

AMOUNTS = ("demand", "covered", "covered_twice", "circle", "uncovered", "perhaps")
DEGREE_DIGITS = 6
"""A tenth of a metre."""


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table as CSV: UTF-8 with a byte order mark, lines ended by CR LF, texts that cannot run as formulas."""
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return (BOM + page.getvalue()).encode()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return guarded(value) if isinstance(value, str) else value


def coverage_csv(answer: CoverageAnswer) -> bytes:
    """The table of townships, and its total, as CSV."""
    unit = unit_words(answer.unit)
    header = [
        gettext("Code"),
        gettext("Township"),
        gettext("Stations"),
        gettext("Demand (%(unit)s)", unit=unit),
        gettext("Covered (%(unit)s)", unit=unit),
        gettext("Covered by two or more (%(unit)s)", unit=unit),
        gettext("Claimed by the circle (%(unit)s)", unit=unit),
        gettext("Uncovered (%(unit)s)", unit=unit),
        gettext("Perhaps covered, hours not known (%(unit)s)", unit=unit),
        gettext("Share covered (per cent)"),
    ]
    rows = [_row(row, row.name or gettext("Outside all townships")) for row in answer.rows]
    return write_csv(header, [*rows, _row(answer.total, gettext("Total"))])


def _row(row: TownshipRow, name: str) -> list[object]:
    return [
        row.code,
        name,
        row.stations,
        *(round(getattr(row, amount), 1) for amount in AMOUNTS),
        None if row.share is None else round(100.0 * row.share, 2),
    ]


def gaps_csv(answer: CoverageAnswer) -> bytes:
    """The ranked gaps as CSV; positions are WGS-84."""
    header = [
        gettext("Rank"),
        gettext("Gap"),
        gettext("Township"),
        gettext("Uncovered (%(unit)s)", unit=unit_words(answer.unit)),
        gettext("Longitude (WGS-84)"),
        gettext("Latitude (WGS-84)"),
        gettext("Nearest station"),
        gettext("Minutes to it"),
    ]
    return write_csv(
        header,
        [
            [
                rank,
                say_place(gap.name),
                gap.township,
                round(gap.demand, 1),
                round(gap.position.lon, DEGREE_DIGITS),
                round(gap.position.lat, DEGREE_DIGITS),
                gap.nearest,
                None if gap.seconds is None else round(gap.seconds / 60.0, 1),
            ]
            for rank, gap in enumerate(answer.gaps, 1)
        ],
    )


def unit_words(unit: str) -> str:
    """Name the unit of demand."""
    return gettext("people") if unit == "people" else gettext("metres of street")
