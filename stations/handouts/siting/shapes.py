"""A plan, and what was to be chosen from, as GeoJSON that a map program opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import shapely

from geodata.lonlat import LonLat
from stations.handouts.shapes import collection
from stations.handouts.siting.naming import Naming
from stations.handouts.siting.tables import costs_of, finite
from stations.questions.siting import Ground
from stations.wording.credit import credit_of

if TYPE_CHECKING:
    from stations.handouts.siting.report import PlanReport


def plan_geojson(report: PlanReport) -> dict[str, Any]:
    """The sites as points, in the order of what they add; the finding beside them."""
    answer, reading = report.answer, report.reading
    sites = (
        (
            point(step.candidate.position),
            {
                "number": line.number,
                "key": line.key,
                "name": line.name,
                "kind": step.candidate.kind,
                "kind_name": line.kind,
                "township": line.township,
                "hours": step.candidate.hours,
                "wanted": line.wanted,
                "cost": round(step.cost, 2),
                "adds": _rounded(step.adds),
                "total": _rounded(step.total),
                "alone": _rounded(step.alone),
                "unit": answer.unit if reading.covers else "metres",
                "premises": line.premises or None,
            },
        )
        for line, step in zip(reading.sites, answer.steps, strict=True)
    )
    plan = {
        "aim": answer.query.objective.value,
        "unit": answer.unit,
        "demand": round(answer.demand, 1),
        "before": _rounded(answer.before),
        "after": _rounded(answer.after),
        "value": _rounded(answer.plan.value),
        "bound": _rounded(answer.plan.bound),
        "ended": None if answer.plan.ended is None else answer.plan.ended.value,
        "candidates": answer.candidates,
        "revision": answer.revision,
        "digest": answer.digest,
    }
    return collection(sites) | {"plan": plan} | credit_of(report.atlas)


def candidates_geojson(grounded: Ground, naming: Naming, chosen: Mapping[str, int] | None = None) -> dict[str, Any]:
    """All candidates as points, from west to east.

    Parameters
    ----------
    chosen
        Numbers of those that a plan has, by their keys.
    """
    numbers = {} if chosen is None else chosen
    off_street = frozenset(grounded.off_street)
    query = grounded.query
    offered = (
        (
            point(one.position),
            {
                "key": one.key,
                "name": name,
                "kind": one.kind,
                "kind_name": naming.kind(one),
                "hours": one.hours,
                "cost": round(cost, 2),
                "chosen": numbers.get(one.key),
                "wanted": one.key in query.forced,
                "ruled_out": one.key in query.forbidden,
                "reaches": one.key not in off_street,
            },
        )
        for one, name, cost in zip(
            grounded.candidates, naming.every_name(grounded.candidates), costs_of(grounded), strict=True
        )
    )
    return collection(offered) | credit_of(grounded.atlas)


def point(position: LonLat) -> shapely.Point:
    """A position as a shape."""
    return shapely.Point(position.lon, position.lat)


def _rounded(value: float) -> float | None:
    known = finite(value)
    return None if known is None else round(known, 1)
