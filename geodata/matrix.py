"""The reach matrix: metres from demand points to sites, gathered from a table of sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.network import AT_NODE_M, StreetNetwork
from geodata.runs import expand_runs
from geodata.snapping import Snaps
from geodata.streets import Float, Int, Long
from geodata.travel import SiteTable


@dataclass(frozen=True)
class Reach:
    """Metres from demand points to sites, sparse by site.

    Attributes
    ----------
    start
        int64 [S + 1]
    point
        int32, ascending within a site.
    metres
        float64: the whole way, at both ends to the door.
    """

    start: Long
    point: Int
    metres: Float


def reach_matrix(network: StreetNetwork, table: SiteTable, points: Snaps, limit_m: float) -> Reach:
    """Metres from every point to every site within ``limit_m``, door to door.

    Parameters
    ----------
    table
        Of the sites, with a limit of at least ``limit_m``.
    points
        Demand points on the network; edge -1 reaches nothing.
    """
    streets = network.streets
    number = np.flatnonzero(points.edge >= 0).astype(np.int32)
    edge, offset = points.edge[number], points.offset_m[number]
    back, onward = network.leaving(points[number])
    end = np.concatenate((streets.edge_v[edge[onward]], streets.edge_u[edge[back]]))
    added = np.concatenate(((streets.edge_m[edge] - offset)[onward], offset[back]))
    point = np.concatenate((number[onward], number[back]))
    added += points.off_m[point]
    by_end = np.argsort(end, kind="stable")
    point, added = point[by_end], added[by_end]
    start = np.zeros(table.nodes + 1, np.int64)
    np.cumsum(np.bincount(end, minlength=table.nodes), out=start[1:])

    site_of = np.repeat(np.arange(len(table.sites), dtype=np.int32), np.diff(table.start))
    near = table.metres <= limit_m
    site_of, node, door_m = site_of[near], table.node[near], table.metres[near]
    count = start[node + 1] - start[node]
    entry = np.repeat(np.arange(node.size), count)
    reached = expand_runs(start[node], start[node + 1])
    metres = door_m[entry] + added[reached]
    close = metres <= limit_m
    site_part, point_part, metres = site_of[entry][close], point[reached][close], metres[close]

    same_site, same_point, same_m = _on_one_edge(network, table.sites, points)
    close = same_m <= limit_m
    site_all = np.concatenate((site_part, same_site[close]))
    point_all = np.concatenate((point_part, same_point[close]))
    metres_all = np.concatenate((metres, same_m[close]))
    order = np.lexsort((metres_all, point_all, site_all))
    site_all, point_all, metres_all = site_all[order], point_all[order], metres_all[order]
    shortest = np.ones(site_all.size, bool)
    shortest[1:] = (site_all[1:] != site_all[:-1]) | (point_all[1:] != point_all[:-1])
    site_all = site_all[shortest]
    row = np.zeros(len(table.sites) + 1, np.int64)
    np.cumsum(np.bincount(site_all, minlength=len(table.sites)), out=row[1:])
    return Reach(row, point_all[shortest], metres_all[shortest])


def nearest_on_edge(network: StreetNetwork, sites: Snaps, points: Snaps) -> tuple[Float, Int]:
    """The nearest site along the very edge that a point is on.

    Returns
    -------
    metres, site
        float64 [K], from the point on the street to the site's door, infinite without one; int32 [K], -1 there.
    """
    site, point, metres = _on_one_edge(network, sites, points)
    metres = metres - points.off_m[point]
    order = np.lexsort((site, metres, point))
    site, point, metres = site[order], point[order], metres[order]
    first = np.ones(point.size, bool)
    first[1:] = point[1:] != point[:-1]
    nearest_m, nearest = np.full(len(points), np.inf), np.full(len(points), -1, np.int32)
    nearest_m[point[first]], nearest[point[first]] = metres[first], site[first]
    return nearest_m, nearest


def _on_one_edge(network: StreetNetwork, sites: Snaps, points: Snaps) -> tuple[Int, Int, Float]:
    """Sites and points on the same edge, straight along it: (site, point, metres door to door)."""
    along, against = network.is_open
    order = np.argsort(points.edge, kind="stable")
    edge_sorted = points.edge[order]
    present = np.flatnonzero(sites.edge >= 0)
    begin = np.searchsorted(edge_sorted, sites.edge[present])
    end = np.searchsorted(edge_sorted, sites.edge[present], side="right")
    site = np.repeat(present, end - begin)
    point = order[expand_runs(begin, end)]
    gap = sites.offset_m[site] - points.offset_m[point]
    edge = sites.edge[site]
    permitted = np.where(gap > 0, along[edge], against[edge]) | (np.abs(gap) <= AT_NODE_M)
    site, point, gap = site[permitted], point[permitted], np.abs(gap[permitted])
    return site.astype(np.int32), point.astype(np.int32), gap + sites.off_m[site] + points.off_m[point]
