"""Barriers: water, rails and motorways between two places, by what the base map shows of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.drawing import Drawing, world
from geodata.legend import KIND_AT
from geodata.lonlat import Float
from geodata.runs import expand_runs
from geodata.sketch import BRIDGE, TUNNEL

WATER = ("water", "sea", "river", "canal")
"""Streams are not among them: one steps over most, and a map shows one in every valley."""

RAILS = ("rail", "light_rail", "narrow_gauge", "motorway")

CELL = 1 << 15
"""Side of a cell of the overview on the square of `geodata.drawing`: 305 m on the equator, 236 m at 40 degrees."""

Bool = NDArray[np.bool_]
Long = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Barriers:
    """The shores and lines of one sort of barrier, ready to be looked through.

    Attributes
    ----------
    tree
        Every straight piece of them.
    corner
        int64 [2]: column and row of the first cell of the overview.
    near
        bool [columns, rows]: cells that the box around a piece touches. Most lines cross none of them.
    """

    tree: shapely.STRtree
    corner: Long
    near: Bool

    @classmethod
    def of(cls, drawing: Drawing, kinds: tuple[str, ...]) -> Barriers:
        """Take what a map shows of some kinds, but for what passes on bridges or in tunnels."""
        wanted = np.isin(drawing.kind, [KIND_AT[kind] for kind in kinds]) & (drawing.flags & (BRIDGE | TUNNEL) == 0)
        things = np.flatnonzero(wanted)
        rings = expand_runs(drawing.first_ring[things], drawing.first_ring[things + 1])
        start, end = drawing.first_point[rings], drawing.first_point[rings + 1]
        first = expand_runs(start, np.maximum(end - 1, start))
        ends = np.stack((first, first + 1), axis=1)
        pieces = np.stack((drawing.x[ends], drawing.y[ends]), axis=2).astype(np.int64)
        tree = shapely.STRtree(shapely.linestrings(pieces.astype(np.float64)))
        if not pieces.size:
            return cls(tree, np.zeros(2, np.int64), np.zeros((0, 0), bool))
        low, high = pieces.min(axis=1) // CELL, pieces.max(axis=1) // CELL
        corner = low.min(axis=0)
        near = np.zeros(high.max(axis=0) - corner + 1, bool)
        wide = (high > low).any(axis=1)
        near[tuple((low[~wide] - corner).T)] = True
        for (west, north), (east, south) in zip(low[wide] - corner, high[wide] - corner + 1, strict=True):
            near[west:east, north:south] = True
        return cls(tree, corner, near)

    def between(self, lon: Float, lat: Float, to_lon: Float, to_lat: Float) -> Bool:
        """Tell which straight lines between places in degrees cross any of them, bool [K]."""
        crossed = np.zeros(lon.size, bool)
        if not lon.size or not self.near.size:
            return crossed
        here, there = (np.stack(world(*place), axis=1).astype(np.float64) for place in ((lon, lat), (to_lon, to_lat)))
        # In pieces no longer than a cell: each lies in the cells of the four corners of its box.
        count = int(np.abs(there - here).max() // CELL) + 1
        corners = here + np.linspace(0.0, 1.0, count + 1)[:, None, None] * (there - here)
        begin, end = corners[:-1].reshape(-1, 2), corners[1:].reshape(-1, 2)
        worth_a_look = np.flatnonzero(self._near(begin, end))
        pieces = shapely.linestrings(np.stack((begin[worth_a_look], end[worth_a_look]), axis=1))
        hit = self.tree.query(pieces, predicate="intersects")[0]
        crossed[worth_a_look[hit] % lon.size] = True
        return crossed

    def _near(self, begin: Float, end: Float) -> Bool:
        columns, rows = (
            np.stack((begin[:, axis], end[:, axis])).astype(np.int64) // CELL - self.corner[axis] for axis in (0, 1)
        )
        found = np.zeros(begin.shape[0], bool)
        for column in columns:
            for row in rows:
                inside = (column >= 0) & (row >= 0) & (column < self.near.shape[0]) & (row < self.near.shape[1])
                found[inside] |= self.near[column[inside], row[inside]]
        return found
