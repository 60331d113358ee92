"""Reach: how far it is by street from anywhere to each active station.

It depends only on where the active stations stand, so it is worked out once for
an atlas, a mode and a set of positions, and everything else is a look into it.
Sites are the active stations in the order of their codes.
"""

from __future__ import annotations

import math

from geodata.atlas import Atlas
from geodata.matrix import Reach, reach_matrix
from geodata.snapping import Snaps
from geodata.travel import SiteTable, site_table
from stations.registry.snapshot import Snapshot

FEW_ENTRIES = 4_000_000
"""Stations times nodes that are kept without a bound: 32 MB."""

REACH_STEPS = (15.0, 30.0, 60.0, 120.0)
"""Minutes for which reach matrices are kept; a question takes the next larger one and leaves out what is beyond."""


def sites_on(snapshot: Snapshot, atlas: Atlas, mode: str) -> Snaps:
    """Where the active stations meet a mode's streets; edge -1 where no street is within 500 m."""

    def snapped() -> Snaps:
        rows = snapshot.active_rows
        return atlas.network(mode).snap_many(snapshot.lon[rows], snapshot.lat[rows])

    return atlas.memo.get(("sites", snapshot.positions_digest, mode), snapped)


def station_table(snapshot: Snapshot, atlas: Atlas, mode: str, limit_m: float) -> SiteTable:
    """Street metres from the nodes to the active stations, complete to at least ``limit_m``.

    It reaches as far as the mode's horizon at least, and to the end of the streets where that is little to keep.
    """
    network = atlas.network(mode)
    few = snapshot.active_rows.size * network.streets.node_x.size <= FEW_ENTRIES
    limit_m = math.inf if few else max(limit_m, network.mode.horizon_m)
    return atlas.memo.get(
        ("table", snapshot.positions_digest, mode, limit_m),
        lambda: site_table(network, sites_on(snapshot, atlas, mode), limit_m),
    )


def demand_reach(snapshot: Snapshot, atlas: Atlas, mode: str, minutes: float) -> Reach:
    """The reach matrix: metres from every demand point to every active station within at least ``minutes``."""
    network = atlas.network(mode)
    step = next((step for step in REACH_STEPS if step >= minutes), minutes)
    limit_m = step * 60.0 * network.mode.metres_per_second
    return atlas.memo.get(
        ("reach", snapshot.positions_digest, mode, limit_m),
        lambda: reach_matrix(network, station_table(snapshot, atlas, mode, limit_m), atlas.demand_on[mode], limit_m),
    )
