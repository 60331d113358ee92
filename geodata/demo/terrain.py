"""Finding the line a country road would take: along the contours, round the water, over the crossings there are."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry.base import BaseGeometry

from geodata.demo.frame import Point
from geodata.demo.land import Land

CELL_M = 200.0
STEEP = 0.06
"""Slope at which a metre of new road costs twice a metre on the flat."""
USED = 0.35
"""Cost of a metre along a road that is there, against a metre of new road on the flat."""


@dataclass
class Terrain:
    """A grid of possible road points over the county, and the roads laid on it so far.

    Attributes
    ----------
    points
        Grid points, a little shaken so that no road runs like a ruler, then the
        ends of crossings and of town streets.
    on_road
        Whether a road passes each point.
    linked
        Pairs of points joined by a way that is drawn already.
    """

    points: list[Point]
    heads: NDArray[np.int64]
    tails: NDArray[np.int64]
    cost: NDArray[np.float64]
    barrier: BaseGeometry
    inside: NDArray[np.bool_]
    linked: frozenset[tuple[int, int]]
    on_road: NDArray[np.bool_] = field(init=False)
    _free: NDArray[np.float64] = field(init=False)
    _xy: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        self.on_road = np.zeros(len(self.points), dtype=np.bool_)
        self._free = self.cost.copy()
        self._xy = np.array(self.points)

    @classmethod
    def survey(
        cls, rng: random.Random, land: Land, barrier: BaseGeometry, links: Sequence[tuple[Point, Point]]
    ) -> Terrain:
        """Lay the grid over the county.

        Parameters
        ----------
        barrier
            What no road is laid through.
        links
            Pairs of points already joined by a way, through a barrier or not:
            bridges, underpasses, main streets of towns. Point 2k and 2k + 1
            after the grid points are the ends of link k.
        """
        west, south, east, north = land.county.bounds
        columns, rows = int((east - west) // CELL_M) + 1, int((north - south) // CELL_M) + 1
        grid = [
            (west + CELL_M * (i + rng.uniform(0.2, 0.8)), south + CELL_M * (j + rng.uniform(0.2, 0.8)))
            for j in range(rows)
            for i in range(columns)
        ]
        number = np.arange(columns * rows).reshape(rows, columns)
        pairs = [
            (number[:, :-1], number[:, 1:]),
            (number[:-1, :], number[1:, :]),
            (number[:-1, :-1], number[1:, 1:]),
            (number[:-1, 1:], number[1:, :-1]),
        ]
        heads = np.concatenate([a.ravel() for a, _ in pairs])
        tails = np.concatenate([b.ravel() for _, b in pairs])
        points = grid + [end for link in links for end in link]
        xy = np.array(points)
        first_end = len(grid)
        ends = np.arange(first_end, len(points))
        near = shapely.STRtree(shapely.points(xy[:first_end])).query(
            shapely.points(xy[first_end:]), predicate="dwithin", distance=1.8 * CELL_M
        )
        heads = np.concatenate([heads, ends[near[0]]])
        tails = np.concatenate([tails, near[1]])
        inside = shapely.contains_xy(land.county.buffer(-30.0), xy[:, 0], xy[:, 1])
        inside[first_end:] = True
        keep = inside[heads] & inside[tails]
        heads, tails = heads[keep], tails[keep]
        shapely.prepare(barrier)
        free = ~shapely.intersects(barrier, shapely.linestrings(np.stack([xy[heads], xy[tails]], axis=1)))
        heads, tails = heads[free], tails[free]
        metres = np.hypot(*(xy[heads] - xy[tails]).T)
        height = land.height_m(xy[:, 0], xy[:, 1])
        slope = np.abs(height[heads] - height[tails]) / metres
        whim = np.array([rng.uniform(0.8, 1.3) for _ in points])
        cost = metres * (1.0 + (slope / STEEP) ** 2) * (whim[heads] + whim[tails]) / 2.0
        here = np.arange(first_end, len(points), 2)
        heads, tails = np.concatenate([heads, here]), np.concatenate([tails, here + 1])
        linked = np.hypot(*(xy[here] - xy[here + 1]).T) * USED
        pairs_linked = frozenset((int(n), int(n) + 1) for n in here)
        return cls(points, heads, tails, np.concatenate([cost, linked]), barrier, inside, pairs_linked)

    def link_ends(self, link: int, links: int) -> tuple[int, int]:
        """Point numbers of the two ends of a link, out of how many links there are."""
        start = len(self.points) - 2 * links + 2 * link
        return start, start + 1

    def path(self, start: int, goal: int) -> list[int]:
        """Cheapest line between two points, as point numbers; empty if there is none."""
        _, before = dijkstra(self._matrix(), directed=False, indices=start, return_predecessors=True)
        line = [goal]
        while line[-1] != start:
            previous = int(before[line[-1]])
            if previous < 0:
                return []
            line.append(previous)
        return line[::-1]

    def path_to_road(self, start: int) -> list[int]:
        """Cheapest line from a point to the nearest road, as point numbers; empty if there is none."""
        cost, before = dijkstra(self._matrix(), directed=False, indices=start, return_predecessors=True, limit=25_000.0)
        reached = np.where(self.on_road, cost, math.inf)
        goal = int(np.argmin(reached))
        if not math.isfinite(reached[goal]):
            return []
        line = [goal]
        while line[-1] != start:
            line.append(int(before[line[-1]]))
        return line[::-1]

    def lay(self, line: Sequence[int]) -> list[list[int]]:
        """Lay a road along a line and give the parts of it that are new, each a list of point numbers."""
        if len(line) < 2:
            return []
        parts: list[list[int]] = [[]]
        for a, b in pairwise(line):
            if (self.on_road[a] and self.on_road[b]) or (min(a, b), max(a, b)) in self.linked:
                parts.append([])
                continue
            parts[-1] = parts[-1] or [a]
            parts[-1].append(b)
        self.on_road[np.array(line)] = True
        both = self.on_road[self.heads] & self.on_road[self.tails]
        self.cost = np.where(both, np.minimum(self._free, self._free * USED), self._free)
        return [part for part in parts if len(part) > 1]

    def nearest(self, point: Point) -> int:
        """Give the grid point nearest to a place."""
        xy = self._xy
        away = np.hypot(xy[:, 0] - point[0], xy[:, 1] - point[1])
        return int(np.argmin(np.where(self.inside, away, math.inf)))

    def _matrix(self) -> csr_array:
        size = len(self.points)
        return csr_array((self.cost, (self.heads, self.tails)), shape=(size, size))
