"""The way itself, as a line along the streets."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from scipy.sparse.csgraph import dijkstra

from geodata.lonlat import LonLat
from geodata.network import AT_NODE_M, StreetNetwork
from geodata.sketch import FIXED
from geodata.snapping import Snap, Snaps
from geodata.travel import doorsteps, joined


def path(
    network: StreetNetwork, origin: LonLat, start: Snap, end: Snap, goal: LonLat, limit_m: float = math.inf
) -> list[LonLat]:
    """The shortest way between two positions as a line, both of them included; empty where none is within a limit."""
    streets, arcs, (along, against) = network.streets, network.forward, network.is_open
    gap = end.offset_m - start.offset_m
    permitted = abs(gap) <= AT_NODE_M or bool(along[start.edge] if gap > 0 else against[start.edge])
    direct = start.edge == end.edge and permitted
    count = streets.node_x.size
    tail, head, first_m = doorsteps(network, start.as_snaps(), backward=False)
    graph = joined(arcs, count, tail, head, first_m, 1)
    at, before = dijkstra(graph, indices=count, return_predecessors=True, limit=limit_m)
    from_u, from_v = network.arriving(end.as_snaps())
    end_u, end_v, end_m = int(streets.edge_u[end.edge]), int(streets.edge_v[end.edge]), float(streets.edge_m[end.edge])
    arrivals = [(float(at[end_u]) + end.offset_m, end_u, 0.0)] if from_u[0] else []
    arrivals += [(float(at[end_v]) + end_m - end.offset_m, end_v, end_m)] if from_v[0] else []
    whole_m, node, entry_m = min(arrivals, default=(math.inf, -1, 0.0))
    if direct and abs(gap) <= whole_m:
        return [origin, *_along(network, start.edge, start.offset_m, end.offset_m), goal]
    if not math.isfinite(whole_m):
        return []
    nodes = [node]
    while before[nodes[-1]] != count:
        nodes.append(int(before[nodes[-1]]))
    nodes.reverse()
    length_m = float(streets.edge_m[start.edge])
    exit_m = float(first_m[head == nodes[0]].min())
    by_u = streets.edge_u[start.edge] == nodes[0] and math.isclose(exit_m, start.offset_m, abs_tol=1e-9)
    line = [origin, *_along(network, start.edge, start.offset_m, 0.0 if by_u else length_m)]
    for a, b in pairwise(nodes):
        row = slice(int(arcs.pointer[a]), int(arcs.pointer[a + 1]))
        edge = int(arcs.edge[row][np.searchsorted(arcs.head[row], b)])
        length = float(streets.edge_m[edge])
        line += _along(network, edge, 0.0, length) if streets.edge_u[edge] == a else _along(network, edge, length, 0.0)
    if whole_m > limit_m:
        return []
    line += _along(network, end.edge, entry_m, end.offset_m)
    line.append(goal)
    return [point for i, point in enumerate(line) if i == 0 or point != line[i - 1]]


def _along(network: StreetNetwork, edge: int, from_m: float, to_m: float) -> list[LonLat]:
    """Shape of an edge between two offsets, in the order it is travelled."""
    streets = network.streets
    shape = slice(int(streets.shape_start[edge]), int(streets.shape_start[edge + 1]))
    low, high = min(from_m, to_m), max(from_m, to_m)
    at = streets.shape_m[shape]
    inner = (at > low) & (at < high)
    ends = Snaps(np.full(2, edge, np.int32), np.array([low, high]), np.zeros(2))
    (lon_a, lon_b), (lat_a, lat_b) = network.snapper.points_on(ends)
    lon = [float(lon_a), *(streets.shape_x[shape][inner] / FIXED).tolist(), float(lon_b)]
    lat = [float(lat_a), *(streets.shape_y[shape][inner] / FIXED).tolist(), float(lat_b)]
    points = [LonLat(round(x, 7), round(y, 7)) for x, y in zip(lon, lat, strict=True)]
    return points if from_m <= to_m else points[::-1]
