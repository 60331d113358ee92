"""The drawn reached area of Porto: how long it takes, and how many street nodes it gets wrong."""

from __future__ import annotations

import numpy as np
import shapely

from benchmarks.places import Porto, seconds_of, snapshot_on, tell
from geodata.atlas import Atlas
from geodata.matrix import nearest_on_edge
from geodata.sketch import FIXED
from geodata.snapping import Snaps
from geodata.travel import metres_to_nearest
from stations.questions.coverage import CoverageQuery, reached_area
from stations.questions.reach import sites_on
from stations.registry.snapshot import Snapshot


def run(porto: Porto) -> None:
    """Measure drawing and its faults for both modes."""
    atlas = porto.atlas()
    if atlas is None:
        return
    snapshot = snapshot_on(atlas)
    for mode in atlas.modes:
        query = CoverageQuery(mode=mode, minutes=30.0)
        reached_area(query, snapshot, atlas)
        drawn = seconds_of(lambda query=query: reached_area(query, snapshot, atlas), 3)  # type: ignore[misc]
        tell(f"{mode}: the area in five bands", f"{drawn:.2f} s", "at most 2 s")
        for minutes, area in reached_area(query, snapshot, atlas).items():
            for what, (farther, nearer) in faults(atlas, snapshot, mode, minutes, area).items():
                wrong = f"{farther:.2%} / {nearer:.2%}"
                tell(f"{mode}, {minutes:.0f} min: {what} wrong, in / out", wrong, "at most 1 % either way")


def faults(
    atlas: Atlas, snapshot: Snapshot, mode: str, minutes: float, area: shapely.MultiPolygon
) -> dict[str, tuple[float, float]]:
    """Shares, of the nodes within the time, that are inside though farther, and outside though nearer."""
    network = atlas.network(mode)
    streets, limit_m = network.streets, minutes * 60.0 * network.mode.metres_per_second
    sites = sites_on(snapshot, atlas, mode)
    node_m = metres_to_nearest(network, sites)
    main = streets.main(network.mode_index)
    nodes = np.unique(np.concatenate((streets.edge_u[main], streets.edge_v[main])))
    edge = np.repeat(np.arange(main.size), np.diff(streets.shape_start))
    shape = np.flatnonzero(main[edge])
    points = Snaps(edge[shape].astype(np.int32), streets.shape_m[shape], np.zeros(shape.size))
    to_u, to_v = network.leaving(points)
    by_u = np.where(to_u, node_m[streets.edge_u[points.edge]] + points.offset_m, np.inf)
    by_v = np.where(to_v, node_m[streets.edge_v[points.edge]] + streets.edge_m[points.edge] - points.offset_m, np.inf)
    straight, _ = nearest_on_edge(network, sites, points)
    shapely.prepare(area)
    found = {}
    for what, lon, lat, metres in (
        ("junctions", streets.node_lon[nodes], streets.node_lat[nodes], node_m[nodes]),
        (
            "all nodes",
            streets.shape_x[shape] / FIXED,
            streets.shape_y[shape] / FIXED,
            np.minimum.reduce((by_u, by_v, straight)),
        ),
    ):
        inside, near = shapely.contains_xy(area, lon, lat), metres <= limit_m
        found[what] = float((inside & ~near).sum() / near.sum()), float((~inside & near).sum() / near.sum())
    return found
