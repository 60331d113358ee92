"""The nearest station that counts, however far: what a gap's true time is told from."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from geodata.lonlat import Float
from geodata.matrix import nearest_on_edge
from geodata.network import StreetNetwork
from geodata.snapping import Snaps
from geodata.tables import SiteTable
from geodata.travel import nearest_sites
from stations.questions.coverage.nearby import Bool, Int, Long, at_points, nearby
from stations.questions.coverage.serving import Served
from stations.questions.reach import sites_on, station_table

NodeWays = tuple[Float, Int]
"""Metres from every node to the nearest of some sites, and which it is; as `geodata.travel.nearest_sites` gives."""

Way = tuple[str | None, float | None]
"""Code of a station and the metres to its door; None of both where none can be reached."""


def nearest_counted(served: Served, points: Long) -> list[Way]:
    """For each demand point the nearest station that counts, by street.

    Most are in the matrix that the question was answered from, which goes on beyond what was asked for. The others are
    looked up in the table that the finder has of the stations where they stand. What is only supposed to stand
    somewhere is searched for by itself, and so is all that lies beyond the table.
    """
    snaps = served.layer.on[served.query.mode][points]
    kept = [at_points(rows, points) for rows in served.pieces()]
    limit_m = min((rows.reach.limit_m for rows in kept), default=0.0)
    near = nearby(kept, served.counts, limit_m, points.size)
    metres, site = np.round(near.metres.astype(np.float64), 2), near.site
    others = np.flatnonzero((site < 0) & (snaps.edge >= 0))
    if others.size and served.counts.any():
        metres[others], site[others] = _beyond(served, snaps[others])
    return [
        (served.codes[at], far) if math.isfinite(far) else (None, None)
        for far, at in zip(metres.tolist(), site.tolist(), strict=True)
    ]


def _beyond(served: Served, snaps: Snaps) -> tuple[Float, Int]:
    network = served.atlas.network(served.query.mode)
    table = station_table(served.before, served.atlas, served.query.mode)
    site_of = _unmoved(served)
    metres, site = _looked_up(network, table, site_of, snaps)
    supposed = served.counts.copy()
    supposed[site_of[site_of >= 0]] = False
    if supposed.any():
        # No farther than what is known already: a way that is longer would not be the nearest.
        farthest_m = min(float(metres.max(initial=0.0)), table.limit_m)
        sites = _sites(served, supposed)
        there = _from_nodes(network, nearest_sites(network, sites, farthest_m), sites, snaps)
        closer = there[0] < metres
        metres, site = np.where(closer, there[0], metres), np.where(closer, there[1], site)
    # Beyond the table a station that is in it may be nearer than one that is found.
    if math.isfinite(table.limit_m) and (metres > table.limit_m).any():

        def search() -> NodeWays:
            return nearest_sites(network, _sites(served, served.counts))

        if served.snapshot is not served.before:
            return _from_nodes(network, search(), _sites(served, served.counts), snaps)
        key = ("nearest", served.snapshot.positions_digest, served.query.mode, served.counts.tobytes())
        ways = served.atlas.memo.get(key, search)
        return _from_nodes(network, ways, _sites(served, served.counts), snaps)
    return metres, site


def _unmoved(served: Served) -> Int:
    """For each active station of the registry its place among the active ones as supposed; -1 where it does not count.

    One that is supposed elsewhere is another.
    """
    before, after = served.before, served.snapshot
    if before is after:
        return np.where(served.counts, np.arange(served.counts.size), -1).astype(np.int32)
    places = {
        (code, after.lon[row], after.lat[row]): site
        for site, (code, row) in enumerate(zip(served.codes, after.active_rows.tolist(), strict=True))
        if served.counts[site]
    }
    rows = before.active_rows.tolist()
    return np.array([places.get((before.codes[row], before.lon[row], before.lat[row]), -1) for row in rows], np.int32)


def _sites(served: Served, chosen: Bool) -> Snaps:
    sites = sites_on(served.snapshot, served.atlas, served.query.mode)
    return Snaps(np.where(chosen, sites.edge, np.int32(-1)), sites.offset_m, sites.off_m)


def _looked_up(network: StreetNetwork, table: SiteTable, site_of: Int, snaps: Snaps) -> tuple[Float, Int]:
    """The nearest site of a table that counts, from each snap: metres, infinite without one, and its other number."""
    streets = network.streets
    ends = np.concatenate((streets.edge_u[snaps.edge], streets.edge_v[snaps.edge])).astype(np.int64)
    counts = site_of >= 0
    near = nearby([at_points(table.rows, ends)], counts, table.limit_m, ends.size)
    sites = Snaps(np.where(counts, table.sites.edge, np.int32(-1)), table.sites.offset_m, table.sites.off_m)
    far, site = near.metres.astype(np.float64), near.site
    metres, found = _by_ends(network, (far[: len(snaps)], far[len(snaps) :]), np.split(site, 2), sites, snaps)
    beyond = metres > table.limit_m
    metres[beyond] = np.inf
    return np.round(metres, 2), np.where(beyond, -1, np.append(site_of, -1)[found]).astype(np.int32)


def _from_nodes(network: StreetNetwork, ways: NodeWays, sites: Snaps, snaps: Snaps) -> tuple[Float, Int]:
    """The nearest of some sites from each snap: metres, and which it is."""
    u, v = (ends[snaps.edge] for ends in (network.streets.edge_u, network.streets.edge_v))
    node_m, node_site = ways
    return _by_ends(network, (node_m[u], node_m[v]), (node_site[u], node_site[v]), sites, snaps)


def _by_ends(
    network: StreetNetwork, end_m: tuple[Float, Float], end_site: Sequence[Int], sites: Snaps, snaps: Snaps
) -> tuple[Float, Int]:
    """The nearest site by way of either end of the street, or along it."""
    to_u, to_v = network.leaving(snaps)
    by_u = np.where(to_u, end_m[0] + snaps.offset_m, np.inf)
    by_v = np.where(to_v, end_m[1] + network.streets.edge_m[snaps.edge] - snaps.offset_m, np.inf)
    direct, direct_site = nearest_on_edge(network, sites, snaps)
    either = np.stack((by_u, by_v, direct))
    best = either.argmin(axis=0), np.arange(len(snaps))
    return either[best] + snaps.off_m, np.stack((*end_site, direct_site))[best].astype(np.int32)
