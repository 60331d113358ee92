"""A report as layers for a map program: GeoPackage (OGC 12-128), in WGS-84.

Each layer has the figures of the tables under their short names; what the headings
say stands beside them, where map programs look for it.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry

from stations.handouts.report import Report
from stations.handouts.tables import Column, Kind, Table, Value, heading
from stations.handouts.townshiptables import township_name

MADE = "1980-01-01T00:00:00.000Z"
"""When every layer says that it was changed, so that the same report gives the same bytes."""

CRS = "EPSG:4326"

Shapes = Sequence[BaseGeometry | None]


@dataclass(frozen=True)
class _Layer:
    """A table with a shape for each row."""

    name: str
    title: str
    kind: str
    shapes: Shapes
    table: Table


def write_layers(report: Report) -> bytes:
    """Write townships, bands of reach, gaps, stations and demand as a GeoPackage; the same report, the same bytes."""
    import pyogrio

    layers = [_townships(report), _bands(report), _gaps(report), _stations(report), _demand(report)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.gpkg"
        for number, layer in enumerate(layers):
            columns = layer.table.columns
            cells = list(zip(*layer.table.rows, strict=True)) or [()] * len(columns)
            pyogrio.raw.write(
                path,
                shapely.to_wkb(np.array(layer.shapes, dtype=object)),
                field_data=[_data(column, values) for column, values in zip(columns, cells, strict=True)],
                fields=[column.key for column in columns],
                field_mask=[
                    None if column.is_text else np.array([value is None for value in values], dtype=np.bool_)
                    for column, values in zip(columns, cells, strict=True)
                ],
                layer=layer.name,
                driver="GPKG",
                geometry_type=layer.kind,
                crs=CRS,
                append=number > 0,
                GEOMETRY_NAME="geom",
            )
        pyogrio.raw.write(
            path,
            None,
            field_data=[np.array(texts, dtype=object) for texts in zip(*report.about, strict=True)],
            fields=["what", "value"],
            layer="about",
            driver="GPKG",
            append=True,
        )
        _describe(path, layers)
        return path.read_bytes()


def _describe(path: Path, layers: Sequence[_Layer]) -> None:
    """Say what layers and columns are called, and take out the time of the clock on the wall.

    Source: OGC 12-128r19, F.9 Schema.
    """
    database = sqlite3.connect(path)
    try:
        with database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, "
                "name TEXT, title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT, "
                "CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name))"
            )
            database.executemany(
                "INSERT OR REPLACE INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', "
                "'http://www.geopackage.org/spec121/#extension_schema', 'read-write')",
                [("gpkg_data_columns",)],
            )
            for layer in layers:
                database.execute(
                    "UPDATE gpkg_contents SET identifier = ? WHERE table_name = ?", (layer.title, layer.name)
                )
                database.executemany(
                    "INSERT INTO gpkg_data_columns (table_name, column_name, name, title) VALUES (?, ?, ?, ?)",
                    [
                        (layer.name, column.key, heading(column, layer.table.unit), column.heading)
                        for column in layer.table.columns
                    ],
                )
            database.execute("UPDATE gpkg_contents SET last_change = ?", (MADE,))
    finally:
        database.close()


def _data(column: Column, values: Sequence[Value]) -> Any:
    if column.is_text:
        return np.array([value or None for value in values], dtype=object)
    if column.kind is Kind.COUNT:
        return np.array([value or 0 for value in values], dtype=np.int32)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _townships(report: Report) -> _Layer:
    table = report.tables["townships"]
    shapes: list[BaseGeometry | None] = list(report.atlas.townships.geometry)
    shapes += [None] * (len(table.rows) - len(shapes))
    return _Layer("townships", gettext("Townships"), "MultiPolygon", list(map(_several, shapes)), table)


def _several(shape: BaseGeometry | None) -> BaseGeometry | None:
    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape


def _bands(report: Report) -> _Layer:
    """Rings of minutes, the widest first; each without the one inside it."""
    minutes = sorted(report.areas)
    rings: list[BaseGeometry | None] = []
    rows: list[list[Value]] = []
    inner: BaseGeometry = shapely.MultiPolygon()
    for low, high in zip([0.0, *minutes], minutes, strict=False):
        rings.append(_several(_polygons(report.areas[high].difference(inner))))
        inner = report.areas[high]
        rows.append([low, high])
    columns = [
        Column("from_min", gettext("Beyond"), Kind.MINUTES),
        Column("to_min", gettext("Within"), Kind.MINUTES),
    ]
    title = gettext("Within reach by street")
    return _Layer("reach_bands", title, "MultiPolygon", rings, Table("reach_bands", title, columns, rows))


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    """The areas of a shape, without the lines and points that two shapes may share."""
    parts = shapely.get_parts(shape)
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def _gaps(report: Report) -> _Layer:
    points = [shapely.Point(gap.position.lon, gap.position.lat) for gap in report.answer.gaps]
    return _Layer("gaps", gettext("Gaps"), "Point", points, report.tables["gaps"])


def _stations(report: Report) -> _Layer:
    """Every active station, and what the ones that count are worth."""
    worth = {one.code: one for one in report.worth}
    stands = {one.code: gettext("yes") for one in report.counted} | {
        one.code: gettext("perhaps, hours not known") for one in report.perhaps
    }
    columns = [
        Column("code", gettext("Code")),
        Column("name", gettext("Station")),
        Column("counts", gettext("Counts")),
        Column("township", gettext("Township")),
        Column("covers", gettext("Covers"), Kind.AMOUNT),
        Column("only", gettext("Only it covers"), Kind.AMOUNT),
        Column("shared", gettext("Others cover, too"), Kind.AMOUNT),
        Column("hours", gettext("Opening hours")),
        Column("seats", gettext("Seats"), Kind.COUNT),
    ]
    points: list[BaseGeometry | None] = []
    rows: list[list[Value]] = []
    for row in report.snapshot.active_rows.tolist():
        station = report.snapshot.stations[row]
        own = worth.get(station.code)
        points.append(shapely.Point(station.position.lon, station.position.lat))
        rows.append(
            [
                station.code,
                report.named(station.code),
                stands.get(station.code, gettext("no")),
                None if own is None else own.township,
                *((None, None, None) if own is None else (own.covers, own.only, own.shared)),
                station.hours,
                station.seats,
            ]
        )
    title = gettext("Rest stations")
    return _Layer("stations", title, "Point", points, Table("stations", title, columns, rows, unit=report.answer.unit))


def _demand(report: Report) -> _Layer:
    """Every demand point, with how it is served: what all figures are sums of."""
    served = report.served
    demand = served.layer.demand
    columns = [
        Column("demand", gettext("Demand"), Kind.AMOUNT),
        Column("township", gettext("Township")),
        Column("stations", gettext("Stations within reach"), Kind.COUNT),
        Column("minutes", gettext("Minutes to the nearest station"), Kind.MINUTES),
        Column("metres", gettext("Metres to the nearest station"), Kind.METRES),
        Column("nearest", gettext("Code of the nearest station")),
        Column("circles", gettext("Circles around it"), Kind.COUNT),
    ]
    names = [*(township_name(name) for name in report.atlas.townships.names), township_name("")]
    codes = [*served.codes, None]
    rows: list[list[Value]] = [
        [weight, names[township], times, metres / served.speed_ms / 60.0, metres, codes[site], circles]
        if times
        else [weight, names[township], 0, None, None, None, circles]
        for weight, township, times, metres, site, circles in zip(
            demand.weight.tolist(),
            demand.township.tolist(),
            served.times.tolist(),
            served.nearest_m.tolist(),
            served.nearest_site.tolist(),
            served.circle_times.tolist(),
            strict=True,
        )
    ]
    points = shapely.points(np.column_stack((demand.lon, demand.lat)))
    title = gettext("Demand")
    return _Layer("demand", title, "Point", list(points), Table("demand", title, columns, rows, unit=demand.unit))
