"""The street graph: chains of shape points folded into edges, shared by all travel modes.

One set of nodes and edges serves every mode; a mode's network is the arcs that
its permissions leave, as compressed sparse rows over the shared nodes. So the
geometry, the index for snapping and the drawing mesh exist once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.access import Mode
from geodata.errors import UnknownModeError
from geodata.folding import fold
from geodata.lonlat import METRES_PER_DEGREE, distances_m
from geodata.runs import expand_runs
from geodata.sketch import FIXED

if TYPE_CHECKING:
    from geodata.osm import Extract

Int = NDArray[np.int32]
Long = NDArray[np.int64]
Float = NDArray[np.float64]
Bits = NDArray[np.uint8]
Arrays = dict[str, NDArray[np.generic]]

NODE_CELL_DEG = 500.0 / METRES_PER_DEGREE
"""Nodes are numbered by rows of cells of this height, so that a neighbourhood is a few runs of consecutive nodes."""

LARGE_SHARE = 0.25
"""A component of this share of the largest matters however few metres it has."""

ROW_STRIDE = 1 << 20
"""More columns than any row of cells has."""


@dataclass(frozen=True)
class Streets:
    """Streets of all modes.

    Attributes
    ----------
    node_x, node_y
        int32 [N]: degrees WGS-84 times 1e7.
    node_cell
        int64 [N]: ascending number of the cell that the node lies in.
    edge_u, edge_v
        int32 [E]: nodes at the start and the end of an edge.
    edge_m
        float64 [E]: length in metres.
    edge_permission
        uint8 [E]: for the i-th mode bit ``2 i`` is travel from u to v, bit ``2 i + 1`` from v to u.
    edge_kind
        uint8 [E]: index into ``geodata.legend.STREET_KINDS``.
    shape_start
        int64 [E + 1]: the edge's shape points are ``shape_start[e]:shape_start[e + 1]``, its ends included.
    shape_x, shape_y
        int32 [P]: degrees times 1e7.
    shape_m
        float64 [P]: metres from the start of the edge.
    component
        int32 [modes, N]: strongly connected component of a node in a mode's network, largest first by metres; -1
        outside it. Inside one, everybody gets everywhere, also by one-way streets.
    component_m
        For each mode, metres of street by component.
    """

    modes: tuple[Mode, ...]
    node_x: Int
    node_y: Int
    node_cell: Long
    edge_u: Int
    edge_v: Int
    edge_m: Float
    edge_permission: Bits
    edge_kind: Bits
    shape_start: Long
    shape_x: Int
    shape_y: Int
    shape_m: Float
    component: Int
    component_m: tuple[Float, ...]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north in degrees."""
        return (
            float(self.shape_x.min()) / FIXED,
            float(self.shape_y.min()) / FIXED,
            float(self.shape_x.max()) / FIXED,
            float(self.shape_y.max()) / FIXED,
        )

    @cached_property
    def node_lon(self) -> Float:
        """float64 [N]: longitudes of the nodes in degrees."""
        return self.node_x / FIXED

    @cached_property
    def node_lat(self) -> Float:
        """float64 [N]: latitudes of the nodes in degrees."""
        return self.node_y / FIXED

    def mode_index(self, key: str) -> int:
        """Position of a mode in the permission bits.

        Raises
        ------
        UnknownModeError
            The atlas was built without this mode.
        """
        for i, mode in enumerate(self.modes):
            if mode.key == key:
                return i
        known = ", ".join(mode.key for mode in self.modes)
        raise UnknownModeError("There is no travel mode “{mode}”. Use one of: {known}.", mode=key, known=known)

    def usable(self, mode_index: int) -> NDArray[np.bool_]:
        """Bool [E]: edges that the mode may travel in at least one direction."""
        bits: Bits = (self.edge_permission >> np.uint8(2 * mode_index)) & np.uint8(3)
        return bits.astype(bool)

    def main(self, mode_index: int) -> NDArray[np.bool_]:
        """Bool [E]: usable edges inside components large enough to matter, at least the largest one."""
        sizes = self.component_m[mode_index]
        if sizes.size == 0:
            return np.zeros(self.edge_u.size, bool)
        enough = sizes >= min(self.modes[mode_index].min_component_m, LARGE_SHARE * float(sizes.max()))
        component, other = self.component[mode_index][self.edge_u], self.component[mode_index][self.edge_v]
        matters: NDArray[np.bool_] = (
            self.usable(mode_index) & (component >= 0) & (component == other) & enough[component]
        )
        return matters

    def samples(self, mode_index: int, step_m: float) -> tuple[Float, Float, Float]:
        """Cut the mode's streets in pieces of at most ``step_m``.

        Returns
        -------
        lon, lat, metres
            float64 [K]: the middle of each piece in degrees, and its length.
        """
        segment = self._segments(self.main(mode_index))
        a, b = segment, segment + 1
        length = self.shape_m[b] - self.shape_m[a]
        pieces = np.maximum(1, np.ceil(length / step_m)).astype(np.int64)
        which = np.repeat(np.arange(segment.size), pieces)
        nth = np.arange(which.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        along = (nth + 0.5) / pieces[which]
        x = self.shape_x[a][which] + along * (self.shape_x[b] - self.shape_x[a])[which]
        y = self.shape_y[a][which] + along * (self.shape_y[b] - self.shape_y[a])[which]
        return x / FIXED, y / FIXED, (length / pieces)[which]

    def _segments(self, edges: NDArray[np.bool_]) -> Long:
        """int64: first shape point of every segment of non-zero length on the chosen edges."""
        chosen = np.repeat(edges, np.diff(self.shape_start))
        chosen[self.shape_start[1:] - 1] = False
        first = np.flatnonzero(chosen)
        return first[self.shape_m[first + 1] > self.shape_m[first]]

    def segments(self) -> tuple[Long, Int]:
        """Segments of non-zero length: their first shape points, int64 [S], and their edges, int32 [S]."""
        first = self._segments(np.ones(self.edge_u.size, bool))
        edge = np.searchsorted(self.shape_start, first, side="right") - 1
        return first, edge.astype(np.int32)

    def points_on(self, edge: Int, offset_m: Float) -> tuple[Float, Float]:
        """Longitudes and latitudes in degrees of positions at metres along edges."""
        low = self.shape_start[edge].astype(np.int64)
        high = self.shape_start[edge + 1] - 2
        while np.any(low < high):
            middle = (low + high + 1) // 2
            before = self.shape_m[middle] <= offset_m
            low = np.where(before, middle, low)
            high = np.where(before, high, middle - 1)
        length = self.shape_m[low + 1] - self.shape_m[low]
        share = np.clip((offset_m - self.shape_m[low]) / np.where(length > 0, length, 1.0), 0.0, 1.0)
        x = self.shape_x[low] + share * (self.shape_x[low + 1] - self.shape_x[low])
        y = self.shape_y[low] + share * (self.shape_y[low + 1] - self.shape_y[low])
        return x / FIXED, y / FIXED

    def to_arrays(self) -> Arrays:
        """The arrays by name, for saving."""
        names = (
            "node_x node_y node_cell edge_u edge_v edge_m edge_permission edge_kind "
            "shape_start shape_x shape_y shape_m component"
        ).split()
        arrays: Arrays = {name: getattr(self, name) for name in names}
        arrays |= {f"component_m_{mode.key}": self.component_m[i] for i, mode in enumerate(self.modes)}
        return arrays

    @classmethod
    def from_arrays(cls, modes: tuple[Mode, ...], arrays: Mapping[str, NDArray[np.generic]]) -> Streets:
        """The reverse of :meth:`to_arrays`; the arrays may be memory-mapped."""
        rest = {name: array for name, array in arrays.items() if not name.startswith("component_m_")}
        sizes = tuple(arrays[f"component_m_{mode.key}"] for mode in modes)
        return cls(modes=modes, component_m=sizes, **rest)  # type: ignore[arg-type]


def build_streets(extract: Extract, modes: Mapping[str, Mode]) -> Streets:
    """Fold an extract's ways into the graph that all modes share."""
    folded = fold(extract)
    x, y = folded.node_x, folded.node_y
    cell = _node_cells(x, y)
    order = np.lexsort((folded.node_copy, folded.node_ref, x, y, cell))
    number = np.empty(order.size, np.int64)
    number[order] = np.arange(order.size)
    u, v = number[folded.edge_u], number[folded.edge_v]
    lon, lat = folded.shape_x / FIXED, folded.shape_y / FIXED
    step_m = np.zeros(lon.size)
    step_m[1:] = distances_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    starts = folded.shape_start[:-1]
    step_m[starts] = 0.0
    about_m = np.round(np.add.reduceat(step_m, starts), 2)
    edge_order = np.lexsort((folded.edge_key, about_m, np.maximum(u, v), np.minimum(u, v)))
    sizes = np.diff(folded.shape_start)[edge_order]
    shape_start = np.concatenate(([0], np.cumsum(sizes)))
    taken = expand_runs(starts[edge_order], starts[edge_order] + sizes)
    run_m = np.cumsum(step_m[taken])
    shape_m = run_m - np.repeat(run_m[shape_start[:-1]], sizes)
    edge_m = shape_m[shape_start[1:] - 1]
    edge_u, edge_v = u[edge_order].astype(np.int32), v[edge_order].astype(np.int32)
    permission = folded.edge_permission[edge_order]
    component, component_m = _components(order.size, edge_u, edge_v, edge_m, permission, len(modes))
    return Streets(
        modes=tuple(modes.values()),
        node_x=x[order],
        node_y=y[order],
        node_cell=cell[order],
        edge_u=edge_u,
        edge_v=edge_v,
        edge_m=edge_m,
        edge_permission=permission,
        edge_kind=folded.edge_kind[edge_order],
        shape_start=shape_start,
        shape_x=folded.shape_x[taken],
        shape_y=folded.shape_y[taken],
        shape_m=shape_m,
        component=component,
        component_m=component_m,
    )


def cell_row_column(lon: float, lat: float) -> tuple[int, int]:
    """Row and column of the cell that a position in degrees lies in."""
    return math.floor((lat + 90.0) / NODE_CELL_DEG), math.floor((lon + 180.0) / NODE_CELL_DEG)


def _node_cells(x: Int, y: Int) -> Long:
    column = np.floor((x / FIXED + 180.0) / NODE_CELL_DEG).astype(np.int64)
    row = np.floor((y / FIXED + 90.0) / NODE_CELL_DEG).astype(np.int64)
    return row * ROW_STRIDE + column


def _components(
    nodes: int, u: Int, v: Int, edge_m: Float, permission: Bits, modes: int
) -> tuple[Int, tuple[Float, ...]]:
    """Strongly connected components by mode, numbered from the one with most metres of street inside it."""
    labels = np.full((modes, nodes), -1, np.int32)
    sizes: list[Float] = []
    for i in range(modes):
        along = (permission >> np.uint8(2 * i)) & np.uint8(1) != 0
        against = (permission >> np.uint8(2 * i)) & np.uint8(2) != 0
        used = along | against
        tail, head = np.concatenate((u[along], v[against])), np.concatenate((v[along], u[against]))
        links = coo_array((np.ones(tail.size, np.int8), (tail, head)), shape=(nodes, nodes))
        count, label = connected_components(links, connection="strong")
        inside = used & (label[u] == label[v])
        metres = np.bincount(label[u[inside]], weights=edge_m[inside], minlength=count).astype(np.float64)
        present = np.zeros(count, bool)
        present[label[u[used]]] = present[label[v[used]]] = True
        rank = np.full(count, -1, np.int32)
        by_size = np.argsort(-metres, kind="stable")
        by_size = by_size[present[by_size]]
        rank[by_size] = np.arange(by_size.size, dtype=np.int32)
        labels[i] = rank[label]
        sizes.append(metres[by_size])
    return labels, tuple(sizes)
