"""Questions of coverage on Porto with 500 stations: each of them, a station moved, and the usual way beside ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import count

import numpy as np
import shapely

from benchmarks.places import SHANGHAI, Porto, seconds_of, snapshot_on, tell
from geodata.atlas import Atlas
from geodata.lonlat import LonLat, metres_per_degree
from geodata.sketch import FIXED
from geodata.travel import searches
from stations.questions.coverage import (
    Add,
    CoverageQuery,
    Move,
    Served,
    answer,
    compare,
    coverage,
    double15,
    fairness,
    floating,
    gaps,
    pairs,
    reached_area,
    serve,
    sureness,
    week,
    worth,
)
from stations.questions.reach import sites_on
from stations.registry.snapshot import Snapshot

AT = datetime(2026, 3, 2, 22, tzinfo=SHANGHAI)
WANTED = "at most 20 ms"
RUNS = 15
BESIDE_M = 50.0
"""How far to either side of a street the usual way draws an isochrone."""


def run(porto: Porto) -> None:
    """Measure every question from ready matrices, a station moved, and the usual way."""
    atlas = porto.atlas()
    if atlas is None:
        return
    snapshot = snapshot_on(atlas)
    for mode in ("walk", "ebike"):
        measure(atlas, snapshot, mode)
    against_the_usual_way(porto, snapshot)


def measure(atlas: Atlas, snapshot: Snapshot, mode: str) -> None:
    """Each question of one mode, at 15 minutes."""
    query = CoverageQuery(mode=mode)
    night = CoverageQuery(mode=mode, at=AT, amenities=frozenset({"microwave"}))
    served = serve(query, snapshot, atlas)
    moves = moved(served)

    def drag() -> None:
        after = serve(next(moves), snapshot, atlas)
        answer(after)
        compare(served, after)

    for what, wanted, ask in questions(served, query, night, drag):
        ask()
        tell(f"{mode}: {what}", f"{seconds_of(ask, RUNS) * 1000.0:.1f} ms", wanted)


def questions(
    served: Served, query: CoverageQuery, night: CoverageQuery, drag: Callable[[], None]
) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """What is asked: its name, what is wanted of it, and the call."""
    snapshot, atlas = served.snapshot, served.atlas
    yield "who is served", WANTED, lambda: serve(query, snapshot, atlas)
    yield "townships and gaps, from who is served", WANTED, lambda: answer(served)
    yield "townships and gaps, in all", WANTED, lambda: coverage(query, snapshot, atlas)
    yield "the same at 22:00 with a microwave", WANTED, lambda: coverage(night, snapshot, atlas)
    yield "gaps", WANTED, lambda: gaps(served)
    yield "double 15", WANTED, lambda: double15(snapshot, atlas)
    yield "worth of stations", WANTED, lambda: worth(served)
    yield "pairs that duplicate each other, at any further moment", WANTED, lambda: pairs(served)
    shorter = (replace(query, minutes=query.minutes - step * 1e-6) for step in count(1))
    yield "the same for the first time", "", lambda: pairs(serve(next(shorter), snapshot, atlas))
    yield "fairness", WANTED, lambda: fairness(served)
    yield "seats", WANTED, lambda: floating(served)
    yield "how sure", WANTED, lambda: sureness(served)
    yield "compare", WANTED, lambda: compare(served, served)
    yield "the clock, 168 hours and a holiday", "at most 500 ms", lambda: week(served, AT.date())
    yield "a pin dragged: townships, gaps, comparison", "at most 500 ms", drag
    yield "the drawn area", "", lambda: reached_area(query, snapshot, atlas)


def moved(served: Served) -> Iterator[CoverageQuery]:
    """The question with one station moved and one added, some metres on each time."""
    rows = served.snapshot.active_rows
    lon, lat = served.snapshot.lon[rows], served.snapshot.lat[rows]
    code = served.codes[0]
    for step in range(1, 10_000):
        there, here = (LonLat(float(lon[at]) + step * 1e-5, float(lat[at])) for at in (0, 1))
        yield CoverageQuery(mode=served.query.mode, changes=(Move(code, there), Add(here)))


def against_the_usual_way(porto: Porto, snapshot: Snapshot) -> None:
    """An isochrone for each station, their union and the demand in it, beside the same from the matrix."""
    atlas = porto.atlas()
    if atlas is None:
        return
    _ = atlas.network("walk").backward, atlas.network("walk").snapper
    begun = time.perf_counter()
    first = coverage(CoverageQuery(), snapshot, atlas).total
    cold = time.perf_counter() - begun
    ready = seconds_of(lambda: coverage(CoverageQuery(), snapshot, atlas), RUNS)
    begun = time.perf_counter()
    share = usual_share(atlas, snapshot, 1000.0)
    usual = time.perf_counter() - begun
    ours = 100.0 * first.covered / first.demand
    tell("isochrones, union, overlay: share covered", f"{100.0 * share:.2f} %", f"ours {ours:.2f} %")
    tell("isochrones, union, overlay: time", f"{usual:.1f} s")
    tell("ours from nothing, with the matrix and the gaps", f"{cold:.2f} s", f"{usual / cold:.0f} times as fast")
    tell("ours, any further question", f"{ready * 1000.0:.1f} ms", f"{usual / ready:.0f} times; at least 50")


def usual_share(atlas: Atlas, snapshot: Snapshot, limit_m: float) -> float:
    """Share of the demand inside the union of isochrones drawn around the streets that each station is reached by."""
    import geopandas as gpd

    network, streets = atlas.network("walk"), atlas.streets
    sites = sites_on(snapshot, atlas, "walk")
    x_m, y_m = metres_per_degree(float(streets.node_y.mean() / FIXED))
    x, y = streets.shape_x / FIXED * x_m, streets.shape_y / FIXED * y_m
    number = np.repeat(np.arange(streets.edge_u.size), np.diff(streets.shape_start))
    lines = shapely.linestrings(np.column_stack((x, y)), indices=number)
    isochrones = []
    for group, nodes, table in searches(network, sites, limit_m):
        for row, site in enumerate(group.tolist()):
            within = np.zeros(streets.node_x.size, bool)
            within[nodes[table[row] + sites.off_m[site] <= limit_m]] = True
            reached = lines[within[streets.edge_u] & within[streets.edge_v]]
            isochrones.append(shapely.union_all(shapely.buffer(reached, BESIDE_M)))
    union = gpd.GeoDataFrame(geometry=[gpd.GeoSeries(isochrones).union_all(method="unary")])
    demand = atlas.demand
    townships = gpd.GeoDataFrame(
        {"name": atlas.townships.names},
        geometry=shapely.transform(atlas.townships.geometry, lambda at: at * (x_m, y_m)),
    )
    covered = gpd.overlay(townships, union, how="intersection")
    points = gpd.GeoDataFrame(
        {"weight": demand.weight}, geometry=gpd.points_from_xy(demand.lon * x_m, demand.lat * y_m)
    )
    inside = gpd.sjoin(points, covered, predicate="within")
    return float(inside[~inside.index.duplicated()]["weight"].sum() / demand.weight.sum())
