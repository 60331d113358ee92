"""Tables and shapes to take away: CSV that a spreadsheet program opens, GeoJSON that a map program opens."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from flask_babel import gettext

from geodata.townships import Townships
from stations.exchange.formulas import guarded
from stations.exchange.writing import BOM
from stations.questions.coverage import CoverageAnswer, Gap, TownshipRow
from stations.web.words import say_place

"""What the licence asks to be said of streets and all that is worked out from them; in every language the same."""

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


def coverage_geojson(answer: CoverageAnswer, townships: Townships) -> dict[str, Any]:
    """The townships with their figures."""
    shapes = {
        (code, name): shape
        for code, name, shape in zip(townships.codes, townships.names, townships.geometry, strict=True)
    }
    return collection(
        (
            shapes.get((row.code, row.name)),
            {
                "code": row.code,
                "name": row.name,
                "stations": row.stations,
                "demand": round(row.demand, 1),
                "covered": round(row.covered, 1),
                "covered_twice": round(row.covered_twice, 1),
                "circle": round(row.circle, 1),
                "uncovered": round(row.uncovered, 1),
                "perhaps": round(row.perhaps, 1),
                "share": None if row.share is None else round(row.share, 4),
                "unit": answer.unit,
            },
        )
        for row in answer.rows
    )


def gaps_geojson(answer: CoverageAnswer) -> dict[str, Any]:
    """The gaps as points."""
    return collection((_point(gap), _gap(rank, gap, answer.unit)) for rank, gap in enumerate(answer.gaps, 1))


def _point(gap: Gap) -> shapely.Point:
    return shapely.Point(gap.position.lon, gap.position.lat)


def _gap(rank: int, gap: Gap, unit: str) -> dict[str, Any]:
    return {
        "rank": rank,
        "name": say_place(gap.name),
        "township": gap.township,
        "uncovered": round(gap.demand, 1),
        "unit": unit,
        "nearest": gap.nearest,
        "seconds": None if gap.seconds is None else round(gap.seconds, 1),
    }


def reach_geojson(areas: Mapping[float, shapely.Geometry]) -> dict[str, Any]:
    """The areas within reach of any station, the widest first so that the narrower ones lie on top."""
    return collection((areas[minutes], {"minutes": round(minutes, 2)}) for minutes in sorted(areas, reverse=True))


def collection(shapes: Iterable[tuple[shapely.Geometry | None, dict[str, Any]]]) -> dict[str, Any]:
    """A GeoJSON FeatureCollection (RFC 7946: WGS-84, longitude first) of shapes and their properties."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": at,
                "geometry": None if shape is None else _rounded(shapely.geometry.mapping(shape)),
                "properties": properties,
            }
            for at, (shape, properties) in enumerate(shapes)
        ],
    }


def _rounded(mapping: Mapping[str, Any]) -> dict[str, Any]:
    if "geometries" in mapping:
        return {"type": mapping["type"], "geometries": [_rounded(part) for part in mapping["geometries"]]}
    return {"type": mapping["type"], "coordinates": _round(mapping["coordinates"])}


def _round(value: Any) -> Any:
    if isinstance(value, float | int):
        return round(value, DEGREE_DIGITS)
    return [_round(part) for part in value]
