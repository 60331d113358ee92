"""A report as layers for a map program."""

from __future__ import annotations

import numpy as np
import shapely
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry

from stations.handouts.geopackage import Layer, polygons, several, write_geopackage
from stations.handouts.report import Report
from stations.handouts.tables import Column, Kind, Table, Value
from stations.handouts.townshiptables import township_name


def write_layers(report: Report) -> bytes:
    """Write townships, bands of reach, gaps, stations and demand as a GeoPackage; the same report, the same bytes."""
    layers = [_townships(report), _bands(report), _gaps(report), _stations(report), _demand(report)]
    return write_geopackage(layers, report.about)


def _townships(report: Report) -> Layer:
    table = report.tables["townships"]
    shapes: list[BaseGeometry | None] = list(report.atlas.townships.geometry)
    shapes += [None] * (len(table.rows) - len(shapes))
    return Layer("townships", gettext("Townships"), "MultiPolygon", list(map(several, shapes)), table)


def _bands(report: Report) -> Layer:
    """Rings of minutes, the widest first; each without the one inside it."""
    minutes = sorted(report.areas)
    rings: list[BaseGeometry | None] = []
    rows: list[list[Value]] = []
    inner: BaseGeometry = shapely.MultiPolygon()
    for low, high in zip([0.0, *minutes], minutes, strict=False):
        rings.append(several(polygons(report.areas[high].difference(inner))))
        inner = report.areas[high]
        rows.append([low, high])
    columns = [
        Column("from_min", gettext("Beyond"), Kind.MINUTES),
        Column("to_min", gettext("Within"), Kind.MINUTES),
    ]
    title = gettext("Within reach by street")
    return Layer("reach_bands", title, "MultiPolygon", rings, Table("reach_bands", title, columns, rows))


def _gaps(report: Report) -> Layer:
    points = [shapely.Point(gap.position.lon, gap.position.lat) for gap in report.answer.gaps]
    return Layer("gaps", gettext("Gaps"), "Point", points, report.tables["gaps"])


def _stations(report: Report) -> Layer:
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
    names = ["", *map(township_name, report.atlas.townships.names)]
    for row, group in zip(report.snapshot.active_rows.tolist(), report.served.site_group.tolist(), strict=True):
        station = report.snapshot.stations[row]
        own = worth.get(station.code)
        points.append(shapely.Point(station.position.lon, station.position.lat))
        rows.append(
            [
                station.code,
                report.named(station.code),
                stands.get(station.code, gettext("no")),
                names[group],
                *((None, None, None) if own is None else (own.covers, own.only, own.shared)),
                station.hours,
                station.seats,
            ]
        )
    title = gettext("Rest stations")
    return Layer("stations", title, "Point", points, Table("stations", title, columns, rows, unit=report.answer.unit))


def _demand(report: Report) -> Layer:
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
    return Layer("demand", title, "Point", list(points), Table("demand", title, columns, rows, unit=demand.unit))
