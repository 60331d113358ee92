"""The reached area, for drawing: travel times to polygons.

A mesh of triangles is laid once over the street nodes, over points along the
longer edges and over a sparse grid between the streets. A vertex has the time
from where it meets the street plus the way up to it, so the drawn line between
reached and not reached runs between vertices of either kind and every street
node falls on its own side. Beyond ``OFF_M`` from a street nothing counts as
reached, which keeps rivers, fields and hillsides out of the picture.

The polygons are a picture: no figure is ever taken from them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components
from scipy.spatial import Delaunay, cKDTree

from geodata.lonlat import METRES_PER_DEGREE
from geodata.matrix import nearest_on_edge
from geodata.network import StreetNetwork
from geodata.runs import expand_runs
from geodata.sketch import FIXED
from geodata.snapping import SegmentIndex, Snaps
from geodata.streets import Arrays, Float, Int, Long, Streets
from geodata.travel import metres_to_nearest

ALONG_M = 50.0
"""Longest piece of an edge between two vertices."""

BEND_M = 2.0
"""A street's line is followed as closely as this."""

APART_M = 0.5
"""Vertices along an edge keep this much from its ends."""

OFF_M = 90.0
"""How far beside a street the drawn area reaches at most."""

GRID_M = 90.0
"""Spacing of the vertices between the streets."""

CLEAR_M = 40.0
"""No grid vertex stands nearer than this to a street vertex."""

SEEN_M = 300.0
"""Vertices farther than this from a mode's streets need no place on them: they are out in any case."""

EDGE_SHARE = 0.04
"""The drawn line keeps this share of a triangle's side away from the vertices at its ends."""


@dataclass(frozen=True)
class Mesh:
    """Triangles over the streets and the land beside them.

    Attributes
    ----------
    x, y
        int32 [V]: degrees times 1e7.
    triangle
        int32 [T, 3]: vertices, counter-clockwise.
    edge, offset_m, off_m
        int32, float32, float32 [modes, V]: where a vertex meets each mode's streets; edge -1 beyond 500 m.
    """

    x: Int
    y: Int
    triangle: Int
    edge: Int
    offset_m: NDArray[np.float32]
    off_m: NDArray[np.float32]

    def to_arrays(self) -> Arrays:
        """The arrays by name, for saving."""
        return dict(vars(self))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Mesh:
        """The reverse of :meth:`to_arrays`."""
        return cls(**arrays)  # type: ignore[arg-type]

    def snaps(self, mode_index: int) -> Snaps:
        """Where the vertices meet a mode's streets."""
        return Snaps(self.edge[mode_index], self.offset_m[mode_index], self.off_m[mode_index])


def build_mesh(streets: Streets, index: SegmentIndex) -> Mesh:
    """Lay the mesh over the streets of all modes."""
    inner, lon, lat = _street_vertices(streets)
    _, south, _, north = streets.bounds
    x_m = METRES_PER_DEGREE * math.cos(math.radians((south + north) / 2.0))
    x, y = lon * x_m, lat * METRES_PER_DEGREE
    grid_x, grid_y = _between(x, y)
    far = 20_000.0
    frame_x = np.array([x.min() - far, x.max() + far])[[0, 1, 1, 0]]
    frame_y = np.array([y.min() - far, y.max() + far])[[0, 0, 1, 1]]
    x, y = np.concatenate((x, grid_x, frame_x)), np.concatenate((y, grid_y, frame_y))
    fixed_x = np.round(x / x_m * FIXED).astype(np.int32)
    fixed_y = np.round(y / METRES_PER_DEGREE * FIXED).astype(np.int32)
    corners = Delaunay(np.column_stack((x - x.mean(), y - y.mean()))).simplices
    a, b, c = corners.T
    clockwise = (x[b] - x[a]) * (y[c] - y[a]) < (y[b] - y[a]) * (x[c] - x[a])
    corners[clockwise] = corners[clockwise][:, ::-1]
    snaps = [
        _meeting(StreetNetwork(streets, mode.key, index), inner, fixed_x / FIXED, fixed_y / FIXED)
        for mode in streets.modes
    ]
    return Mesh(
        x=fixed_x,
        y=fixed_y,
        triangle=corners.astype(np.int32),
        edge=np.stack([snap.edge for snap in snaps]),
        offset_m=np.stack([snap.offset_m for snap in snaps]).astype(np.float32),
        off_m=np.stack([snap.off_m for snap in snaps]).astype(np.float32),
    )


def reached_areas(
    mesh: Mesh, network: StreetNetwork, sites: Snaps, limits_m: tuple[float, ...]
) -> tuple[shapely.MultiPolygon, ...]:
    """The area from which some site is within each limit, door to door.

    Parameters
    ----------
    sites
        Where the sites meet the network.
    limits_m
        Distances in metres, for example of 5, 10 and 15 minutes.

    Returns
    -------
    tuple of MultiPolygon
        WGS-84, one for each limit; empty where nothing is reached.
    """
    metres = vertex_metres(mesh, network, sites, max(limits_m))
    return tuple(_area(mesh, metres, mesh.off_m[network.mode_index], limit) for limit in limits_m)


def vertex_metres(mesh: Mesh, network: StreetNetwork, sites: Snaps, limit_m: float) -> Float:
    """float64 [V]: metres from each vertex to the nearest site, door to door; infinite beyond about ``limit_m``."""
    node_m = metres_to_nearest(network, sites, limit_m)
    points = mesh.snaps(network.mode_index)
    metres = np.full(mesh.x.size, np.inf)
    on = np.flatnonzero(points.edge >= 0)
    chosen = points[on]
    to_u, to_v = network.leaving(chosen)
    streets = network.streets
    by_u = np.where(to_u, node_m[streets.edge_u[chosen.edge]] + chosen.offset_m, np.inf)
    rest_m = streets.edge_m[chosen.edge] - chosen.offset_m
    by_v = np.where(to_v, node_m[streets.edge_v[chosen.edge]] + rest_m, np.inf)
    direct, _ = nearest_on_edge(network, sites, chosen)
    metres[on] = np.minimum(np.minimum(by_u, by_v), direct) + chosen.off_m
    return metres


def _street_vertices(streets: Streets) -> tuple[Snaps, Float, Float]:
    """Vertices on the streets: the nodes, then the bends of the edges and points along their longer pieces.

    Returns
    -------
    inner, lon, lat
        The bends and points, by edge and offset; positions of nodes and points in degrees.
    """
    bend = _bends(streets)
    edge_of = np.repeat(np.arange(streets.edge_m.size), np.diff(streets.shape_start))
    last = np.zeros(edge_of.size, bool)
    last[streets.shape_start[1:] - 1] = True
    begin, end = bend[:-1], bend[1:]
    within = ~last[begin]
    begin, end = begin[within], end[within]
    length = streets.shape_m[end] - streets.shape_m[begin]
    pieces = np.maximum(np.ceil(length / ALONG_M).astype(np.int64), 1)
    which = np.repeat(np.arange(begin.size), pieces)
    nth = expand_runs(np.zeros(begin.size, np.int64), pieces)
    edge = edge_of[begin[which]]
    offset = streets.shape_m[begin[which]] + nth / pieces[which] * length[which]
    # Not the beginning of an edge, which is a node, nor what would stand on one.
    kept = (offset > APART_M) & (offset < streets.edge_m[edge] - APART_M)
    points = Snaps(edge[kept].astype(np.int32), offset[kept], np.zeros(int(kept.sum())))
    lon, lat = streets.points_on(points.edge, points.offset_m)
    return points, np.concatenate((streets.node_lon, lon)), np.concatenate((streets.node_lat, lat))


def _bends(streets: Streets) -> Long:
    """Shape points from which the straight pieces between them are nowhere farther than ``BEND_M``; int64, ascending.

    Source: D. H. Douglas and T. K. Peucker, Algorithms for the reduction of the number of points required to
    represent a digitized line or its caricature, Cartographica 10 (1973), p. 112; here all edges at once.
    """
    x_m = METRES_PER_DEGREE * np.cos(np.radians(streets.shape_y / FIXED))
    x, y = streets.shape_x / FIXED * x_m, streets.shape_y / FIXED * METRES_PER_DEGREE
    kept = np.zeros(x.size, bool)
    kept[streets.shape_start[:-1]] = kept[streets.shape_start[1:] - 1] = True
    while True:
        bend = np.flatnonzero(kept)
        piece = np.cumsum(kept) - 1
        begin, end = bend[piece], bend[np.minimum(piece + 1, bend.size - 1)]
        dx, dy = x[end] - x[begin], y[end] - y[begin]
        ahead = np.clip(((x - x[begin]) * dx + (y - y[begin]) * dy) / np.maximum(dx * dx + dy * dy, 1e-12), 0.0, 1.0)
        off_m = np.hypot(x - x[begin] - ahead * dx, y - y[begin] - ahead * dy)
        off_m[kept] = 0.0
        farthest = np.maximum.reduceat(off_m, bend)[piece]
        chosen = np.flatnonzero((off_m > BEND_M) & (off_m == farthest))
        if not chosen.size:
            return bend
        kept[chosen[np.unique(piece[chosen], return_index=True)[1]]] = True


def _meeting(network: StreetNetwork, inner: Snaps, lon: Float, lat: Float) -> Snaps:
    """Where vertices meet a mode's streets: those on its own edges at once, the others by snapping."""
    streets = network.streets
    main = streets.main(network.mode_index)
    own = np.flatnonzero(main)
    edge = np.full(lon.size, -1, np.int32)
    offset_m, off_m = np.zeros(lon.size), np.full(lon.size, np.inf)
    for node, at_m in ((streets.edge_v[own], streets.edge_m[own]), (streets.edge_u[own], np.zeros(own.size))):
        edge[node], offset_m[node], off_m[node] = own, at_m, 0.0
    on = np.flatnonzero(main[inner.edge])
    behind = streets.node_x.size + on
    edge[behind], offset_m[behind], off_m[behind] = inner.edge[on], inner.offset_m[on], 0.0
    rest = np.flatnonzero(edge < 0)
    snaps = network.snapper.snap_many(lon[rest], lat[rest], SEEN_M)
    edge[rest], offset_m[rest], off_m[rest] = snaps.edge, snaps.offset_m, snaps.off_m
    return Snaps(edge, offset_m, off_m)


def _between(x: Float, y: Float) -> tuple[Float, Float]:
    """Vertices of a triangular grid in the neighbourhood of the streets, but clear of them; metres."""
    stride = 1 << 24
    around = np.unique(
        np.floor(y / GRID_M).astype(np.int64) * stride + np.floor(x / GRID_M).astype(np.int64) + stride // 2
    )
    reach = np.arange(-3, 4)
    for step in (reach, reach * stride):
        around = np.unique(around[:, None] + step)
    row, column = around // stride, around % stride - stride // 2
    grid_x, grid_y = (column + 0.5 * (row % 2)) * GRID_M, row * GRID_M
    nearest, _ = cKDTree(np.column_stack((x, y))).query(
        np.column_stack((grid_x, grid_y)), distance_upper_bound=3.0 * GRID_M
    )
    clear = (nearest > CLEAR_M) & np.isfinite(nearest)
    return grid_x[clear], grid_y[clear]


def _area(mesh: Mesh, metres: Float, off_m: NDArray[np.float32], limit_m: float) -> shapely.MultiPolygon:
    beyond = np.maximum(off_m - OFF_M, 0.0)
    value = np.where(beyond > 0, np.maximum(metres, limit_m + beyond), metres) - limit_m
    inside = value <= 0.0
    first, second, third = (inside[mesh.triangle[:, i]] for i in range(3))
    mixed = np.flatnonzero((first != second) | (second != third))
    triangle = mesh.triangle[mixed]
    corner = inside[triangle]
    # Turn every mixed triangle so that the corner that differs from the other two comes first.
    alone_inside = corner.sum(axis=1) == 1
    odd = np.where(alone_inside, corner.argmax(axis=1), corner.argmin(axis=1))
    rows = np.arange(mixed.size)
    first, second, third = (triangle[rows, (odd + step) % 3] for step in range(3))
    # The line leaves the inside on its left: past a lone inside corner it runs from the side after it to the side
    # before it, past a lone outside corner the other way round.
    after, before = _side(first, second), _side(first, third)
    enter, leave = np.where(alone_inside, after, before), np.where(alone_inside, before, after)
    sides, place = np.unique(np.concatenate((enter, leave)), return_inverse=True)
    onward = np.full(sides.size, -1, np.int64)
    onward[place[: mixed.size]] = place[mixed.size :]
    low, high = (sides >> 32).astype(np.int64), (sides & 0xFFFFFFFF).astype(np.int64)
    return _polygons(*_rings(onward), *_crossings(mesh, value, low, high))


def _side(a: Int, b: Int) -> Long:
    """One number for the side between two vertices."""
    low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b).astype(np.int64)
    return low << 32 | high


def _crossings(mesh: Mesh, value: Float, low: Long, high: Long) -> tuple[Float, Float]:
    """Where the line crosses each side, in degrees: by the values at its ends, half-way where one is infinite."""
    a, b = value[low], value[high]
    with np.errstate(invalid="ignore"):
        share = np.where(np.isfinite(a) & np.isfinite(b), a / (a - b), 0.5)
    share = np.clip(share, EDGE_SHARE, 1.0 - EDGE_SHARE)
    x = mesh.x[low] + share * (mesh.x[high].astype(np.float64) - mesh.x[low])
    y = mesh.y[low] + share * (mesh.y[high].astype(np.float64) - mesh.y[low])
    return np.round(x / FIXED, 6), np.round(y / FIXED, 6)


def _rings(onward: Long) -> tuple[Long, Long]:
    """The cycles of a permutation, but for those of one or two.

    Returns
    -------
    number, ring
        int64 [K]: what is in them, each from its least on; and which it is of, from 0.
    """
    count = onward.size
    if not count:
        return onward, onward
    _, part = connected_components(_edges(np.arange(count), onward), connection="strong")
    least = np.sort(np.unique(part, return_index=True)[1])
    before = np.empty(count, np.int64)
    before[onward] = np.arange(count)
    # Each is opened before its least and tied to the next: one path, gone along at once.
    path = onward.copy()
    path[before[least[:-1]]] = least[1:]
    open_ = np.flatnonzero(np.arange(count) != before[least[-1]])
    number = breadth_first_order(_edges(open_, path[open_]), least[0], return_predecessors=False).astype(np.int64)
    size = np.bincount(part)[part[least]]
    kept = size > 2  # two sides make no ring: vertices at one spot
    return number[np.repeat(kept, size)], np.repeat(np.arange(int(kept.sum())), size[kept])


def _edges(begin: Long, end: Long) -> csr_array:
    """A graph of at most one edge from each place, ``begin`` ascending."""
    count = int(max(begin.max(), end.max())) + 1 if begin.size else 1
    start = np.searchsorted(begin, np.arange(count + 1))
    return csr_array((np.ones(begin.size), end, start), shape=(count, count))


def _polygons(order: Long, which: Long, x: Float, y: Float) -> shapely.MultiPolygon:
    """Shells run counter-clockwise, holes clockwise; every hole goes to the smallest shell around it."""
    if not order.size:
        return shapely.MultiPolygon()
    lines = shapely.linearrings(np.column_stack((x[order], y[order])), indices=which)
    is_shell = shapely.is_ccw(lines)
    shells, holes = lines[is_shell], lines[~is_shell]
    solid = shapely.polygons(shells)
    size = shapely.area(solid)
    inside: list[list[shapely.LinearRing]] = [[] for _ in shells]
    shell, hole = shapely.STRtree(shapely.get_point(holes, 0)).query(solid, predicate="contains")
    order = np.lexsort((size[shell], hole))
    hole, shell = hole[order], shell[order]
    _, first = np.unique(hole, return_index=True)
    for at in first:
        inside[shell[at]].append(holes[hole[at]])
    area = shapely.MultiPolygon([shapely.Polygon(ring, rest) for ring, rest in zip(shells, inside, strict=True)])
    # Where no ring meets itself or another the polygons are whole, which is told seven times as fast as of these.
    return area if shapely.is_simple(shapely.multilinestrings(lines)) else _whole(area)


def _whole(area: shapely.MultiPolygon) -> shapely.MultiPolygon:
    """The same in polygons that do not touch themselves, as some do once their corners are rounded."""
    if shapely.is_valid(area):
        return area
    mended = shapely.make_valid(area, method="structure", keep_collapsed=False)
    return mended if isinstance(mended, shapely.MultiPolygon) else shapely.MultiPolygon([mended])
