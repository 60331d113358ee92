"""One travel mode's network: its arcs in compressed sparse rows, and what lies within some distance of a place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geodata.access import Mode
from geodata.lonlat import LonLat
from geodata.runs import expand_runs
from geodata.snapping import SegmentIndex, Snap, Snapper, Snaps
from geodata.streets import ROW_STRIDE, Float, Int, Long, Streets, cell_row_column

AT_NODE_M = 0.02
"""A position as near as this to the end of an edge stands on the node, and takes any street from there."""


@dataclass(frozen=True)
class Arcs:
    """Directed arcs in compressed sparse rows; of parallel edges the shortest.

    Attributes
    ----------
    pointer
        int32 [N + 1]: the arcs out of a node are ``pointer[n]:pointer[n + 1]``.
    head
        int32 [A]: the node an arc leads to, ascending within a row.
    metres
        float64 [A]
    edge
        int32 [A]: the street edge that the arc runs along.
    """

    pointer: Int
    head: Int
    metres: Float
    edge: Int


class StreetNetwork:
    """The streets that a travel mode may use.

    Parameters
    ----------
    streets
        The shared graph.
    mode_key
        For example ``walk``.
    index
        The segments by grid cell.

    Raises
    ------
    UnknownModeError
        The streets were built without this mode.
    """

    def __init__(self, streets: Streets, mode_key: str, index: SegmentIndex) -> None:
        self.streets = streets
        self.mode_index = streets.mode_index(mode_key)
        self._index = index

    @property
    def mode(self) -> Mode:
        """The travel mode."""
        return self.streets.modes[self.mode_index]

    @cached_property
    def snapper(self) -> Snapper:
        """Snaps positions to this network."""
        return Snapper(self.streets, self.mode_index, self._index)

    @cached_property
    def forward(self) -> Arcs:
        """Arcs as they are travelled, for times from a place."""
        return self._arcs(backward=False)

    @cached_property
    def backward(self) -> Arcs:
        """Arcs turned round, for times towards a place."""
        return self._arcs(backward=True)

    @cached_property
    def is_open(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Bool [E] twice: edges one may travel from u to v, and from v to u."""
        bits = self.streets.edge_permission >> np.uint8(2 * self.mode_index)
        return bits & np.uint8(1) != 0, bits & np.uint8(2) != 0

    def leaving(self, snaps: Snaps) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Bool [K] twice: whether one may leave each position towards its edge's u, and towards its v."""
        along, against, at_u, at_v = self._ways_on(snaps)
        return against | at_u, along | at_v

    def arriving(self, snaps: Snaps) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Bool [K] twice: whether one may arrive at each position from its edge's u, and from its v."""
        along, against, at_u, at_v = self._ways_on(snaps)
        return along | at_u, against | at_v

    def _ways_on(self, snaps: Snaps) -> tuple[NDArray[np.bool_], ...]:
        along, against = self.is_open
        rest_m = self.streets.edge_m[snaps.edge] - snaps.offset_m
        return along[snaps.edge], against[snaps.edge], snaps.offset_m <= AT_NODE_M, rest_m <= AT_NODE_M

    def snap(self, position: LonLat) -> Snap:
        """The nearest street segment of this mode; raises OffStreetError beyond 500 m."""
        return self.snapper.snap(position)

    def snap_many(self, lon: Float, lat: Float) -> Snaps:
        """Snap positions in degrees, float64 [K] each; edge -1 beyond 500 m."""
        return self.snapper.snap_many(lon, lat)

    def nodes_within(self, west: float, south: float, east: float, north: float) -> Long:
        """int64, ascending: nodes of all cells that a box in degrees touches, so at least those inside it."""
        low_row, low_column = cell_row_column(west, south)
        high_row, high_column = cell_row_column(east, north)
        rows = np.arange(low_row, high_row + 1) * ROW_STRIDE
        begin = np.searchsorted(self.streets.node_cell, rows + low_column)
        end = np.searchsorted(self.streets.node_cell, rows + high_column, side="right")
        return expand_runs(begin, end)

    def _arcs(self, *, backward: bool) -> Arcs:
        streets, (along, against) = self.streets, self.is_open
        number = np.arange(streets.edge_u.size, dtype=np.int32)
        tail = np.concatenate((streets.edge_u[along], streets.edge_v[against]))
        head = np.concatenate((streets.edge_v[along], streets.edge_u[against]))
        edge = np.concatenate((number[along], number[against]))
        if backward:
            tail, head = head, tail
        keep = tail != head
        tail, head, edge = tail[keep], head[keep], edge[keep]
        metres = streets.edge_m[edge]
        order = np.lexsort((edge, metres, head, tail))
        tail, head, metres, edge = tail[order], head[order], metres[order], edge[order]
        shortest = np.ones(tail.size, bool)
        shortest[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        pointer = np.zeros(streets.node_x.size + 1, np.int32)
        np.cumsum(np.bincount(tail[shortest], minlength=streets.node_x.size), out=pointer[1:])
        return Arcs(pointer, head[shortest], metres[shortest], edge[shortest])
