"""Reach: how far it is from anywhere to each active station, by street or in a straight line.

It depends only on where the active stations stand, so it is worked out once for
an atlas, a mode and a set of positions, and everything else is a look into it.
Stations that are new, moved or only supposed cost a search each; the others stay.
Sites are the active stations in the order of their codes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from geodata.atlas import Atlas
from geodata.lonlat import Float
from geodata.matrix import Points, Reach, node_matrix, reach_matrix
from geodata.snapping import Snaps
from geodata.standing import Bool, Make, Matrices, Rows
from geodata.straight import Plain
from geodata.tables import SiteTable
from stations.registry.snapshot import Snapshot

__all__ = ["Rows", "circle", "circle_pieces", "reach", "reach_pieces", "sites_on", "station_table"]

FEW_ENTRIES = 4_000_000
"""Stations times nodes that are kept without a bound: 32 MB."""

REACH_STEPS = (20.0, 30.0, 60.0, 90.0)
"""Minutes at the mode's own speed for which matrices are kept; a question takes the next larger one."""

CIRCLE_STEPS_M = (1500.0, 3000.0, 4500.0, 6000.0, 9000.0)
"""Metres for which matrices of straight distances are kept."""

FORMAT = 1
"""Of the matrices that are kept on disk."""

SITES_AT_ONCE = 16
"""Rows of a matrix too large to keep that are worked out together."""

MOST_BYTES = 128_000_000
"""What the kept matrices of an atlas may hold together."""


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

    def make(lon: Float, lat: Float) -> tuple[Reach, Bool]:
        sites = network.snap_many(lon, lat)
        return node_matrix(network, sites, limit_m), sites.edge >= 0

    tables = atlas.memo.get("tables", lambda: Matrices(MOST_BYTES, atlas.keep))
    family = f"table {FORMAT} {atlas.digest} {mode} {limit_m:.3f}"
    rows = tables.rows(family, make, snapshot.positions_digest, lambda: _where(snapshot))
    return SiteTable(sites_on(snapshot, atlas, mode), rows)


def reach(snapshot: Snapshot, atlas: Atlas, mode: str, layer: str, limit_m: float) -> Rows:
    """The reach matrix: metres by street from every demand point to every active station, to at least ``limit_m``.

    Kept up to the mode's horizon. Beyond it nearly everything is within reach of nearly everything, and the matrix is
    worked out and given away; `reach_pieces` does with a part of it at a time.

    Parameters
    ----------
    layer
        Key of the demand; empty for the atlas's own.

    Raises
    ------
    UnknownModeError, LayerError
        The atlas has no such travel mode, or no such layer.
    """
    layer = atlas.layer(layer).key
    step_m = _step(limit_m, _street_steps(atlas, mode))
    make = _by_street(atlas, mode, layer, limit_m if step_m is None else step_m)
    return _rows(snapshot, atlas, layer, make, None if step_m is None else f"{mode} {step_m:.3f}")


def reach_pieces(snapshot: Snapshot, atlas: Atlas, mode: str, layer: str, limit_m: float) -> Iterator[Rows]:
    """As `reach`; beyond the horizon some stations at a time, whose slots alone are not -1."""
    if _step(limit_m, _street_steps(atlas, mode)) is not None:
        yield reach(snapshot, atlas, mode, layer, limit_m)
    else:
        yield from _pieces(snapshot, _by_street(atlas, mode, layer, limit_m))


def circle(snapshot: Snapshot, atlas: Atlas, layer: str, limit_m: float) -> Rows:
    """Straight metres from every demand point to every active station, to at least ``limit_m``; kept as `reach` is."""
    layer = atlas.layer(layer).key
    step_m = _step(limit_m, CIRCLE_STEPS_M)
    make = _straight(atlas, layer, limit_m if step_m is None else step_m)
    return _rows(snapshot, atlas, layer, make, None if step_m is None else f"straight {step_m:.3f}")


def circle_pieces(snapshot: Snapshot, atlas: Atlas, layer: str, limit_m: float) -> Iterator[Rows]:
    """As `circle`; beyond the largest step some stations at a time, whose slots alone are not -1."""
    if _step(limit_m, CIRCLE_STEPS_M) is not None:
        yield circle(snapshot, atlas, layer, limit_m)
    else:
        yield from _pieces(snapshot, _straight(atlas, layer, limit_m))


def _street_steps(atlas: Atlas, mode: str) -> tuple[float, ...]:
    way = atlas.network(mode).mode
    steps = (step * 60.0 * way.metres_per_second for step in REACH_STEPS)
    return tuple(step_m for step_m in steps if step_m <= way.horizon_m)


def _step(limit_m: float, steps_m: tuple[float, ...]) -> float | None:
    return next((step_m for step_m in steps_m if step_m >= limit_m), None)


def _rows(snapshot: Snapshot, atlas: Atlas, layer: str, make: Make, what: str | None) -> Rows:
    """The rows of the active stations; kept under the ground, the demand and what is measured, if that is named."""
    if what is None:
        found, on = make(*_where(snapshot))
        return Rows(found, _slots(on))
    matrices = atlas.memo.get("matrices", lambda: Matrices(MOST_BYTES, atlas.keep))
    family = f"matrix {FORMAT} {atlas.digest} {layer} {atlas.layer(layer).digest} {what}"
    return matrices.rows(family, make, snapshot.positions_digest, lambda: _where(snapshot))


def _where(snapshot: Snapshot) -> tuple[Float, Float]:
    """Longitudes and latitudes of the active stations."""
    rows = snapshot.active_rows
    return snapshot.lon[rows], snapshot.lat[rows]


def _pieces(snapshot: Snapshot, make: Make) -> Iterator[Rows]:
    lon, lat = _where(snapshot)
    for first in range(0, lon.size, SITES_AT_ONCE):
        some = slice(first, first + SITES_AT_ONCE)
        found, on = make(lon[some], lat[some])
        slot = np.full(lon.size, -1, np.int32)
        slot[some] = _slots(on)
        yield Rows(found, slot)


def _slots(on: Bool) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.where(on, np.arange(on.size), -1).astype(np.int32)


def _by_street(atlas: Atlas, mode: str, layer: str, limit_m: float) -> Make:
    def make(lon: Float, lat: Float) -> tuple[Reach, Bool]:
        network = atlas.network(mode)
        points = atlas.memo.get(("points", mode, layer), lambda: Points(network, atlas.layer(layer).on[mode]))
        sites = network.snap_many(lon, lat)
        return reach_matrix(points, sites, limit_m), sites.edge >= 0

    return make


def _straight(atlas: Atlas, layer: str, limit_m: float) -> Make:
    def make(lon: Float, lat: Float) -> tuple[Reach, Bool]:
        demand = atlas.layer(layer).demand
        plain = atlas.memo.get(("plain", layer), lambda: Plain(demand.lon, demand.lat))
        return plain.reach(lon, lat, limit_m), np.ones(lon.size, bool)

    return make
