"""The area within reach to look at: today, with the plan, and of one candidate. No figure is taken from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import shapely
from flask import Blueprint, Response, request, url_for

from geodata.snapping import Snaps
from geodata.surface import reached_areas
from stations.handouts.shapes import collection
from stations.questions.coverage import counted_stations
from stations.questions.reach import sites_on
from stations.questions.siting import Candidate, Ground
from stations.web.params import BadParameter, first, given
from stations.web.siting.looking import Looking
from stations.web.siting.view import View

SITE = "site"


def add_reach(door: Blueprint, looking: Looking) -> None:
    """Add the address of the areas to a door."""

    @door.get("/reach.geojson", endpoint="reach")
    def reach() -> Response:
        """What is within reach by street today and with the plan; with ``site`` what that candidate alone reaches."""
        args = given(request.args)
        looked = looking.look({name: values for name, values in args.items() if name != SITE})
        ground = looking.ground(looked)
        key = first(args, SITE)
        shapes = reach_of_one(ground, key) if key else reach_of(ground, looked.answer.plan.sites.tolist())
        response = Response(orjson.dumps(shapes), mimetype="application/geo+json")
        response.headers["Cache-Control"] = "private, no-cache"
        return response


def reach_of(ground: Ground, sites: Sequence[int]) -> dict[str, Any]:
    """The areas from which a station is within reach: today, and with the plan in addition."""
    today = _stations(ground)
    chosen = _candidates(ground, [ground.candidate(one) for one in sites])
    then = Snaps(*(np.concatenate(pair) for pair in zip(_parts(today), _parts(chosen), strict=True)))
    before = _area(ground, today)
    return collection([(before, {"of": "today"}), (shapely.difference(_area(ground, then), before), {"of": "gained"})])


def reach_of_one(ground: Ground, key: str) -> dict[str, Any]:
    """The area from which one candidate is within reach.

    Raises
    ------
    BadParameter
        There is no such candidate.
    """
    for one in ground.candidates:
        if one.key == key:
            return collection([(_area(ground, _candidates(ground, [one])), {"of": SITE, "key": key})])
    raise BadParameter(SITE, key, "There is no candidate “{value}” here.")


def reach_address(view: View) -> str:
    """Address of the areas of a view."""
    carried: Mapping[str, Any] = view.taken_over
    return url_for("siting.reach", **carried)


def _area(ground: Ground, sites: Snaps) -> shapely.MultiPolygon:
    network = ground.atlas.network(ground.query.coverage.mode)
    return reached_areas(ground.atlas.mesh, network, sites, (ground.goal.limit_m,))[0]


def _stations(ground: Ground) -> Snaps:
    """The stations that count, where the question keeps them."""
    snapshot, coverage = ground.snapshot, ground.query.coverage
    sites = sites_on(snapshot, ground.atlas, coverage.mode)
    counts, _ = counted_stations(coverage, snapshot)
    kept = np.isin(snapshot.active_rows, counts) if ground.query.keep else np.zeros(len(sites), bool)
    return sites[kept]


def _candidates(ground: Ground, some: Sequence[Candidate]) -> Snaps:
    lon, lat = (np.array([getattr(one.position, axis) for one in some], np.float64) for axis in ("lon", "lat"))
    return ground.atlas.network(ground.query.coverage.mode).snap_many(lon, lat)


def _parts(snaps: Snaps) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return snaps.edge, snaps.offset_m, snaps.off_m
