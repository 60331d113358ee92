"""A plan as layers for a map program."""

from __future__ import annotations

import numpy as np
import shapely
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry

from stations.handouts.geopackage import Layer, polygons, several, write_geopackage
from stations.handouts.siting.report import PlanReport
from stations.handouts.siting.shapes import point
from stations.handouts.tables import Column, Kind, Table, Value
from stations.handouts.townshiptables import township_name
from stations.questions.siting.gains import shares_covered
from stations.wording.names import Names


def write_plan_layers(report: PlanReport) -> bytes:
    """Write sites, candidates, stations, townships, what is within reach, and demand as a GeoPackage."""
    layers = [
        _sites(report),
        _candidates(report),
        _stations(report),
        _townships(report),
        _reach(report),
        _demand(report),
    ]
    return write_geopackage(layers, report.about)


def _sites(report: PlanReport) -> Layer:
    points = [point(step.candidate.position) for step in report.answer.steps]
    return Layer("sites", gettext("The sites"), "Point", points, report.tables["sites"])


def _candidates(report: PlanReport) -> Layer:
    points = [point(one.position) for one in report.grounded.candidates]
    return Layer("candidates", gettext("Candidates"), "Point", points, report.tables["candidates"])


def _stations(report: PlanReport) -> Layer:
    """Every active station, and whether it counts."""
    counted = frozenset(one.code for one in report.counted)
    columns = [
        Column("code", gettext("Code")),
        Column("name", gettext("Station")),
        Column("counts", gettext("Counts")),
        Column("hours", gettext("Opening hours")),
    ]
    snapshot = report.grounded.snapshot
    active = [snapshot.stations[row] for row in snapshot.active_rows.tolist()]
    rows: list[list[Value]] = [
        [one.code, Names.station(one), gettext("yes") if one.code in counted else gettext("no"), one.hours]
        for one in active
    ]
    title = gettext("Rest stations")
    return Layer(
        "stations", title, "Point", [point(one.position) for one in active], Table("stations", title, columns, rows)
    )


def _townships(report: PlanReport) -> Layer:
    table = report.tables["townships"]
    shapes: list[BaseGeometry | None] = list(report.atlas.townships.geometry)
    shapes += [None] * (len(table.rows) - len(shapes))
    return Layer("townships", gettext("Townships"), "MultiPolygon", list(map(several, shapes)), table)


def _reach(report: PlanReport) -> Layer:
    """What is within reach today, and what the plan adds."""
    before, after = report.areas
    title = gettext("Within reach by street")
    columns = [Column("when", gettext("When")), Column("minutes", gettext("Within"), Kind.MINUTES)]
    minutes = report.pictured.minutes
    rows: list[list[Value]] = [[gettext("today"), minutes], [gettext("in addition"), minutes]]
    shapes: list[BaseGeometry | None] = [several(before), several(polygons(after.difference(before)))]
    return Layer("reach", title, "MultiPolygon", shapes, Table("reach", title, columns, rows))


def _demand(report: PlanReport) -> Layer:
    """Every demand point, and whether it is covered: what the figures are sums of."""
    grounded = report.grounded
    case, demand = grounded.case, grounded.layer.demand
    before, after = shares_covered(case, grounded.goal, report.answer.plan.sites)
    columns = [
        Column("demand", gettext("Demand"), Kind.AMOUNT),
        Column("township", gettext("Township")),
        Column("before", gettext("Share of the moments covered before"), Kind.SHARE),
        Column("after", gettext("Share of the moments covered after"), Kind.SHARE),
    ]
    names = [*(township_name(name) for name in report.atlas.townships.names), township_name("")]
    rows: list[list[Value]] = [
        [weight, names[township], was, is_]
        for weight, township, was, is_ in zip(
            case.weight.tolist(), demand.township.tolist(), before.tolist(), after.tolist(), strict=True
        )
    ]
    points = shapely.points(np.column_stack((demand.lon, demand.lat)))
    title = gettext("Demand")
    return Layer("demand", title, "Point", list(points), Table("demand", title, columns, rows, unit=demand.unit))
