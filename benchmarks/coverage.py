"""The reach matrix and coverage answers on Porto with 500 stations."""

from __future__ import annotations

from datetime import datetime

from benchmarks.places import SHANGHAI, Porto, seconds_of, snapshot_on, tell
from geodata.matrix import Points, reach_matrix
from stations.questions.coverage import CoverageQuery, coverage
from stations.questions.reach import sites_on


def run(porto: Porto) -> None:
    """Measure the matrix from nothing, and answers from a ready one."""
    atlas = porto.atlas()
    if atlas is None:
        return
    snapshot = snapshot_on(atlas)
    network, sites, points = atlas.network("walk"), sites_on(snapshot, atlas, "walk"), atlas.demand_on["walk"]
    _ = network.backward, network.snapper
    matrix = seconds_of(lambda: reach_matrix(Points(network, points), sites, 1000.0), 3)
    tell(f"reach matrix, 500 stations x {len(points):,} demand points", f"{matrix:.2f} s", "at most 1 s")
    for what, query in (
        ("any hour", CoverageQuery()),
        (
            "at one hour, with a microwave",
            CoverageQuery(at=datetime(2026, 3, 2, 22, tzinfo=SHANGHAI), amenities=frozenset({"microwave"})),
        ),
    ):
        coverage(query, snapshot, atlas)
        ready = seconds_of(lambda query=query: coverage(query, snapshot, atlas), 15)  # type: ignore[misc]
        tell(f"coverage from a ready matrix, {what}", f"{ready * 1000.0:.1f} ms", "at most 20 ms")
