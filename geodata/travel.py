"""Travel: bounded shortest ways over a mode's streets, in metres.

Every street of a mode is travelled at one speed, so a time is a length divided
by it and a slower walker costs nothing. From a person the search runs forward
(:func:`metres_from`), towards stations it runs backward (:func:`searches`),
so one-way streets hold in both. A way starts and ends anywhere along an edge,
and the straight metres between a position and the street are part of it.

No way of ``d`` metres leaves the circle of ``d`` metres around its end, so a
search is run in the part of the network around it, however large the rest is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geodata.lonlat import metres_per_degree
from geodata.network import AT_NODE_M, Arcs, StreetNetwork
from geodata.runs import expand_runs
from geodata.snapping import Snap, Snaps
from geodata.streets import Float, Int, Long

RUNS_AT_ONCE = 64
"""Searches that share one table in memory: 64 times 100,000 nodes are 51 MB."""


def metres_to_nearest(network: StreetNetwork, sites: Snaps, limit_m: float = math.inf) -> Float:
    """float64 [N]: street metres from each node to the door of the nearest site, infinite where there is none."""
    return nearest_sites(network, sites, limit_m)[0]


def metres_from(network: StreetNetwork, origin: Snap, limit_m: float = math.inf) -> tuple[Long, Float]:
    """Street metres from a position to the nodes it reaches, along the arcs' direction.

    Returns
    -------
    node, metres
        int64 and float64; without the metres off the street.
    """
    for _, nodes, table in searches(network, origin.as_snaps(), limit_m, backward=False):
        reached = _reached(table[0], limit_m)
        return nodes[reached], table[0][reached]
    return np.empty(0, np.int64), np.empty(0)


def metres_between(network: StreetNetwork, origin: Snap, sites: Snaps, limit_m: float = math.inf) -> Float:
    """float64 [S]: the whole way from a position to each site, door to door; infinite where there is none."""
    nodes, street_m = metres_from(network, origin, limit_m)
    at = np.full(network.streets.node_x.size, np.inf)
    at[nodes] = street_m
    streets, (along, against) = network.streets, network.is_open
    from_u, from_v = network.arriving(sites)
    edge = sites.edge
    by_u = np.where(from_u, at[streets.edge_u[edge]] + sites.offset_m, np.inf)
    by_v = np.where(from_v, at[streets.edge_v[edge]] + streets.edge_m[edge] - sites.offset_m, np.inf)
    gap = sites.offset_m - origin.offset_m
    permitted = np.where(gap > 0, along[edge], against[edge]) | (np.abs(gap) <= AT_NODE_M)
    direct = np.where((edge == origin.edge) & permitted, np.abs(gap), np.inf)
    whole = np.minimum(np.minimum(by_u, by_v), direct) + sites.off_m + origin.off_m
    return np.where(sites.edge >= 0, whole, np.inf)


def searches(
    network: StreetNetwork, sites: Snaps, limit_m: float, *, backward: bool = True
) -> Iterator[tuple[Long, Long, Float]]:
    """Search from sites, neighbours together, each group in the part of the network that it can reach.

    Yields
    ------
    group, nodes, table
        Indices of the sites; nodes of that part, ascending; float64 [group, nodes] street metres, infinite where
        not reached.
    """
    present = np.flatnonzero(sites.edge >= 0)
    if not present.size:
        return
    arcs = network.backward if backward else network.forward
    count = network.streets.node_x.size
    lon, lat = network.snapper.points_on(sites[present])
    x_m, y_m = metres_per_degree(float(np.abs(lat).max()))
    if not math.isfinite(limit_m):
        groups = [np.arange(present.size)]
    else:
        column = np.floor(lon * x_m / max(limit_m, 500.0)).astype(np.int64)
        row = np.floor(lat * y_m / max(limit_m, 500.0)).astype(np.int64)
        order = np.lexsort((column, row))
        groups = np.split(order, np.flatnonzero((np.diff(row[order]) != 0) | (np.diff(column[order]) != 0)) + 1)
    groups = [part for group in groups for part in np.array_split(group, math.ceil(group.size / RUNS_AT_ONCE))]
    for group in groups:
        chosen = present[group]
        if math.isfinite(limit_m):
            nodes = network.nodes_within(
                float(lon[group].min()) - limit_m / x_m,
                float(lat[group].min()) - limit_m / y_m,
                float(lon[group].max()) + limit_m / x_m,
                float(lat[group].max()) + limit_m / y_m,
            )
        else:
            nodes = np.arange(count)
        tail, head, metres = doorsteps(network, sites[chosen], backward=backward)
        if nodes.size == count:
            part = arcs
        else:
            part = _within(arcs, nodes)
            inside = np.minimum(np.searchsorted(nodes, head), max(nodes.size - 1, 0))
            keep = nodes[inside] == head if nodes.size else np.zeros(head.size, bool)
            tail, head, metres = tail[keep], inside[keep], metres[keep]
        graph = joined(part, nodes.size, tail, head, metres, chosen.size)
        table = dijkstra(graph, indices=np.arange(nodes.size, nodes.size + chosen.size), limit=limit_m)
        yield chosen, nodes, table[:, : nodes.size]


def _reached(metres: Float, limit_m: float) -> NDArray[np.bool_]:
    """What is within a limit; what has no way at all is within none."""
    return np.isfinite(metres) & (metres <= limit_m)


def doorsteps(network: StreetNetwork, sites: Snaps, *, backward: bool) -> tuple[Long, Long, Float]:
    """First steps of a search from points in mid-edge: (site, node, metres), where the direction is open."""
    streets = network.streets
    to_u, to_v = network.arriving(sites) if backward else network.leaving(sites)
    by_v, by_u = np.flatnonzero(to_v), np.flatnonzero(to_u)
    site = np.concatenate((by_v, by_u))
    node = np.concatenate((streets.edge_v[sites.edge[by_v]], streets.edge_u[sites.edge[by_u]])).astype(np.int64)
    rest_m = streets.edge_m[sites.edge[by_v]] - sites.offset_m[by_v]
    return site, node, np.concatenate((np.maximum(rest_m, 0.0), sites.offset_m[by_u]))


def _within(arcs: Arcs, nodes: Long) -> Arcs:
    """The arcs between some nodes, renumbered by their place in the ascending ``nodes``."""
    begin, end = arcs.pointer[nodes].astype(np.int64), arcs.pointer[nodes + 1].astype(np.int64)
    taken = expand_runs(begin, end)
    head = arcs.head[taken]
    low, high = (int(nodes[0]), int(nodes[-1])) if nodes.size else (0, -1)
    number = np.full(high - low + 1, -1, np.int32)
    number[nodes - low] = np.arange(nodes.size, dtype=np.int32)
    candidate = (head >= low) & (head <= high)
    inside = np.full(head.size, -1, np.int32)
    inside[candidate] = number[head[candidate] - low]
    keep = inside >= 0
    row = np.repeat(np.arange(nodes.size), end - begin)[keep]
    pointer = np.zeros(nodes.size + 1, np.int32)
    np.cumsum(np.bincount(row, minlength=nodes.size), out=pointer[1:])
    return Arcs(pointer, inside[keep], arcs.metres[taken[keep]], arcs.edge[taken[keep]])


def joined(arcs: Arcs, count: int, tail: Long, head: Long, metres: Float, extra: int) -> csr_array:
    """The arcs of ``count`` nodes with ``extra`` further nodes behind them, from which ``tail`` leads to ``head``."""
    order = np.lexsort((head, tail))
    tail, head, metres = tail[order], head[order], metres[order]
    first = np.ones(tail.size, bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    least = np.minimum.reduceat(metres, np.flatnonzero(first)) if tail.size else metres
    pointer = arcs.pointer[-1] + np.cumsum(np.bincount(tail[first], minlength=extra))
    return csr_array(
        (
            np.concatenate((arcs.metres, least)),
            np.concatenate((arcs.head, head[first].astype(np.int32))),
            np.concatenate((arcs.pointer, pointer.astype(np.int32))),
        ),
        shape=(count + extra, count + extra),
    )


def nearest_sites(network: StreetNetwork, sites: Snaps, limit_m: float = math.inf) -> tuple[Float, Int]:
    """The nearest site from every node.

    Returns
    -------
    metres, site
        float64 [N], street metres to the site's door, infinite where there is none; int32 [N], -1 there.
    """
    count = network.streets.node_x.size
    present = np.flatnonzero(sites.edge >= 0)
    if not present.size:
        return np.full(count, np.inf), np.full(count, -1, np.int32)
    doors = sites[present]
    site, node, metres = doorsteps(network, doors, backward=True)
    graph = joined(network.backward, count, site, node, metres + doors.off_m[site], present.size)
    first = np.arange(count, count + present.size)
    metres, _, source = dijkstra(graph, indices=first, min_only=True, return_predecessors=True, limit=limit_m)
    reached = np.isfinite(metres[:count])
    return metres[:count], np.where(reached, present[np.where(reached, source[:count] - count, 0)], -1).astype(np.int32)
