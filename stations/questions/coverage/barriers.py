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

PIECES = 4

Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Barriers:
    """The shores and lines of one sort of barrier, ready to be looked through."""

    tree: shapely.STRtree

    @classmethod
    def of(cls, drawing: Drawing, kinds: tuple[str, ...]) -> Barriers:
        """Take what a map shows of some kinds, but for what passes on bridges or in tunnels."""
        wanted = np.isin(drawing.kind, [KIND_AT[kind] for kind in kinds]) & (drawing.flags & (BRIDGE | TUNNEL) == 0)
        things = np.flatnonzero(wanted)
        rings = expand_runs(drawing.first_ring[things], drawing.first_ring[things + 1])
        start, end = drawing.first_point[rings], drawing.first_point[rings + 1]
        # Piece by piece, so that a search looks at what is near and not at a whole river.
        first = expand_runs(start, np.maximum(end - 1, start))
        ends = np.stack((first, first + 1), axis=1)
        pieces = np.stack((drawing.x[ends], drawing.y[ends]), axis=2).astype(np.float64)
        return cls(shapely.STRtree(shapely.linestrings(pieces)))

    def between(self, lon: Float, lat: Float, to_lon: Float, to_lat: Float) -> Bool:
        """Tell which straight lines between places in degrees cross any of them, bool [K]."""
        crossed = np.zeros(lon.size, bool)
        if not lon.size or not self.tree.geometries.size:
            return crossed
        here, there = (np.stack(world(*place), axis=1).astype(np.float64) for place in ((lon, lat), (to_lon, to_lat)))
        # In pieces: the box around a short line has little in it that the line does not cross.
        corners = here + np.linspace(0.0, 1.0, PIECES + 1)[:, None, None] * (there - here)
        pieces = np.stack((corners[:-1], corners[1:]), axis=2)
        hit = self.tree.query(shapely.linestrings(pieces).ravel(), predicate="intersects")[0]
        crossed[hit % lon.size] = True
        return crossed
