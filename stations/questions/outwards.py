"""The stations from a person outwards: nearest first by street, worked out only as far as they are asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from heapq import merge
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geodata.atlas import Atlas
from geodata.errors import OffStreetError
from geodata.lonlat import Float, LonLat, distances_m
from geodata.network import StreetNetwork
from geodata.snapping import Snap, Snaps
from geodata.tables import nearest_first
from geodata.travel import metres_between
from stations.questions.reach import station_table
from stations.registry.snapshot import Snapshot

MEAN_DETOUR = 1.324
"""Street distance over straight distance, the mean of 25 Chinese cities: the estimate where there are no streets."""

FARTHEST_BOUND_M = 50_000.0
"""A search that found nothing within this is next run without a bound."""

Rows = NDArray[np.int64]
Basis = Literal["street", "circle"]
Distance = tuple[int, float, Basis]
"""A row of the snapshot, the metres to its door, and what they are measured along."""


def by_distance(
    start: LonLat, mode: str, snapshot: Snapshot, atlas: Atlas | None, wanting: Callable[[], bool]
) -> Iterator[Distance]:
    """All active stations that can be reached, nearest first, worked out only as far as they are asked for.

    Beyond what the tables hold only while more are wanted: there the search takes as long as a map is wide.
    """
    rows = snapshot.active_rows
    if atlas is not None:
        network = atlas.network(mode)
        try:
            origin = network.snap(start)
        except OffStreetError:
            pass
        else:
            yield from _by_street(start, mode, snapshot, atlas, network, origin, wanting)
            return
    metres = circle_m(start, snapshot, rows)
    for at in np.argsort(metres, kind="stable").tolist():
        yield int(rows[at]), float(metres[at]), "circle"


def _by_street(
    start: LonLat,
    mode: str,
    snapshot: Snapshot,
    atlas: Atlas,
    network: StreetNetwork,
    origin: Snap,
    wanting: Callable[[], bool],
) -> Iterator[Distance]:
    rows = snapshot.active_rows
    table = station_table(snapshot, atlas, mode)
    estimates = _estimates(start, snapshot, rows, table.sites.off_street)
    seen: set[int] = set()
    limit_m = table.limit_m
    found = nearest_first(network, table, origin)
    while True:
        for whole_m, at in merge(found, estimates) if estimates else found:
            if whole_m > limit_m:
                break
            if at not in seen:
                seen.add(at)
                yield int(rows[at]), whole_m, "circle" if table.sites.edge[at] < 0 else "street"
        if not math.isfinite(limit_m) or not wanting() or not _others(network, origin, table.sites, seen):
            return
        # Nothing in the table will do: search twice as far each time, at last everywhere.
        limit_m = limit_m * 2.0 if limit_m < FARTHEST_BOUND_M else math.inf
        every = metres_between(network, origin, table.sites, limit_m).round(2)
        reached = np.flatnonzero(np.isfinite(every))
        found = iter(sorted(zip(every[reached].tolist(), reached.tolist(), strict=True)))


def _estimates(origin: LonLat, snapshot: Snapshot, rows: Rows, off: Rows) -> list[tuple[float, int]]:
    """Stations that no street is near, by straight distance: (metres, site), nearest first."""
    if not off.size:
        return []
    return sorted(zip(circle_m(origin, snapshot, rows[off]).tolist(), off.tolist(), strict=True))


def _others(network: StreetNetwork, origin: Snap, sites: Snaps, seen: set[int]) -> bool:
    """Whether streets lead from here to any station not yet seen, however far."""
    component, edge_u = network.streets.component[network.mode_index], network.streets.edge_u
    connected = (sites.edge >= 0) & (component[edge_u[sites.edge]] == component[edge_u[origin.edge]])
    return bool(connected.any()) and not seen.issuperset(np.flatnonzero(connected).tolist())


def circle_m(origin: LonLat, snapshot: Snapshot, rows: Rows) -> Float:
    """Estimated metres from a position to the stations in some rows: straight distance times the mean detour."""
    lon, lat = np.full(rows.size, origin.lon), np.full(rows.size, origin.lat)
    metres: Float = distances_m(lon, lat, snapshot.lon[rows], snapshot.lat[rows]) * MEAN_DETOUR
    return metres
