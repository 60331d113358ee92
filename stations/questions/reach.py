"""Reach: how far it is by street from anywhere to each active station.

It depends only on where the active stations stand, so it is worked out once for
an atlas, a mode and a set of positions, and everything else is a look into it.
Sites are the active stations in the order of their codes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from geodata.atlas import Atlas
from geodata.matrix import Reach, reach_matrix
from geodata.snapping import Snaps
from geodata.travel import SiteTable, site_table
from stations.registry.snapshot import Snapshot

FEW_ENTRIES = 4_000_000
"""Stations times nodes that are kept without a bound: 32 MB."""

REACH_STEPS = (15.0, 30.0, 60.0, 90.0)
"""Minutes for which reach matrices are kept; a question takes the next larger one and leaves out what is beyond."""

SITES_AT_ONCE = 16
"""Rows of a matrix too large to keep that are worked out together."""


def sites_on(snapshot: Snapshot, atlas: Atlas, mode: str) -> Snaps:
    """Where the active stations meet a mode's streets; edge -1 where no street is within 500 m."""

    def snapped() -> Snaps:
        rows = snapshot.active_rows
        return atlas.network(mode).snap_many(snapshot.lon[rows], snapshot.lat[rows])

    return atlas.memo.get(("sites", snapshot.positions_digest, mode), snapped)


def station_table(snapshot: Snapshot, atlas: Atlas, mode: str) -> SiteTable:
    """Street metres from the nodes to the active stations, complete to the mode's horizon.

    Where that is little to keep it has no bound. What is farther is searched when somebody asks.
    """
    network = atlas.network(mode)
    few = snapshot.active_rows.size * network.streets.node_x.size <= FEW_ENTRIES
    limit_m = math.inf if few else network.mode.horizon_m
    return atlas.memo.get(
        ("table", snapshot.positions_digest, mode),
        lambda: site_table(network, sites_on(snapshot, atlas, mode), limit_m),
    )


def demand_reach(snapshot: Snapshot, atlas: Atlas, mode: str, minutes: float) -> Iterator[tuple[int, Reach]]:
    """The reach matrix: metres from every demand point to every active station within at least ``minutes``.

    Yields
    ------
    first, reach
        Rows for the sites from ``first`` on. All at once and kept, up to the mode's horizon; beyond it a few sites at
        a time and never all together, for nearly everything is within reach of nearly everything.
    """
    network = atlas.network(mode)
    speed, points = network.mode.metres_per_second, atlas.demand_on[mode]
    sites = sites_on(snapshot, atlas, mode)
    steps_m = [step * 60.0 * speed for step in REACH_STEPS]
    kept_m = next((step_m for step_m in steps_m if step_m >= minutes * 60.0 * speed), math.inf)
    if kept_m <= network.mode.horizon_m:
        yield (
            0,
            atlas.memo.get(
                ("reach", snapshot.positions_digest, mode, kept_m),
                lambda: reach_matrix(network, station_table(snapshot, atlas, mode), points, kept_m),
            ),
        )
        return
    limit_m = minutes * 60.0 * speed
    for first in range(0, len(sites), SITES_AT_ONCE):
        some = sites[slice(first, first + SITES_AT_ONCE)]
        yield first, reach_matrix(network, site_table(network, some, limit_m), points, limit_m)
