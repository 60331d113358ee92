"""Weaving drawn lines into one network: lines that meet share a vertex, as they do in OpenStreetMap."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import numpy as np
import shapely
from shapely import LineString, STRtree
from shapely.geometry.base import BaseGeometry

from geodata.demo.frame import Point, length_m
from geodata.demo.sheet import Street

TOLERANCE_M = 1.0
"""Vertices nearer than this are the same place: finer than a kerb, coarser than rounding."""

_AROUND = tuple((dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))


@dataclass
class Vertices:
    """Places by number; asking for a place near a known one of the same grade gives the known one."""

    points: list[Point] = field(default_factory=list)
    _cells: dict[tuple[int, int, int], list[int]] = field(default_factory=lambda: defaultdict(list))

    def number(self, point: Point, grade: int = 0) -> int:
        """Give the number of the place, new if nothing is near."""
        column, row = math.floor(point[0] / TOLERANCE_M), math.floor(point[1] / TOLERANCE_M)
        near: list[tuple[float, int]] = []
        for dx, dy in _AROUND:
            for n in self._cells.get((column + dx, row + dy, grade), ()):
                away = math.dist(self.points[n], point)
                if away <= TOLERANCE_M:
                    near.append((away, n))
        if near:
            return min(near)[1]
        self.points.append(point)
        self._cells[column, row, grade].append(len(self.points) - 1)
        return len(self.points) - 1


@dataclass(frozen=True, slots=True)
class Woven:
    """Streets as chains of vertex numbers; `chains[k]` belongs to `streets[k]`."""

    vertices: Vertices
    streets: list[Street]
    chains: list[list[int]]


def weave(streets: Sequence[Street]) -> Woven:
    """Give every pair of lines that meet a common vertex, and drop what hangs off the network.

    Lines of one grade meet where they cross or touch; an end meets any line on
    the ground. A street that cannot be reached from the main network is left
    out, so that the drawing has no islands.
    """
    meetings = _meetings(streets)
    vertices = Vertices()
    chains = [_chain(street, meetings.get(number, []), vertices) for number, street in enumerate(streets)]
    kept = _main_network(streets, chains, vertices)
    return Woven(vertices, [streets[k] for k in kept], [chains[k] for k in kept])


def _meetings(streets: Sequence[Street]) -> dict[int, list[Point]]:
    shapes = np.array([LineString(street.points) for street in streets], dtype=object)
    tree = STRtree(shapes)
    found: dict[int, list[Point]] = defaultdict(list)
    pairs = tree.query(shapes, predicate="intersects")
    for first, second in sorted({(int(a), int(b)) for a, b in pairs.T if a < b}):
        if streets[first].grade == streets[second].grade:
            shared = _corners(shapes[first].intersection(shapes[second]))
            found[first] += shared
            found[second] += shared
    ends = [(number, end) for number, street in enumerate(streets) for end in (street.points[0], street.points[-1])]
    near = tree.query(shapely.points([end for _, end in ends]), predicate="dwithin", distance=TOLERANCE_M)
    for at, other in sorted((int(a), int(b)) for a, b in near.T):
        number, end = ends[at]
        if number != other and streets[other].grade in {0, streets[number].grade}:
            found[other].append(end)
    return found


def _corners(shape: BaseGeometry) -> list[Point]:
    return [(float(x), float(y)) for part in shapely.get_parts(shape) for x, y in (part.coords[0], part.coords[-1])]


def _chain(street: Street, meetings: list[Point], vertices: Vertices) -> list[int]:
    steps = [math.dist(a, b) for a, b in pairwise(street.points)]
    along = [(at, 1, point) for at, point in zip(accumulate(steps, initial=0.0), street.points, strict=True)]
    if meetings:
        places = shapely.line_locate_point(LineString(street.points), shapely.points(meetings)).tolist()
        along += [(at, 0, point) for at, point in zip(places, meetings, strict=True)]
    along.sort()
    chain: list[int] = []
    for place, (_, _, point) in enumerate(along):
        at_end = place in {0, len(along) - 1} or point in {street.points[0], street.points[-1]}
        number = vertices.number(point, 0 if at_end else street.grade)
        if not chain or chain[-1] != number:
            chain.append(number)
    return chain


def _main_network(streets: Sequence[Street], chains: list[list[int]], vertices: Vertices) -> list[int]:
    parent = list(range(len(vertices.points)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for street, chain in zip(streets, chains, strict=True):
        if "highway" in street.tags:
            for a, b in pairwise(chain):
                parent[root(b)] = root(a)
    metres: dict[int, float] = defaultdict(float)
    for street, chain in zip(streets, chains, strict=True):
        if "highway" in street.tags:
            metres[root(chain[0])] += length_m(street.points)
    main = max(metres, key=lambda n: (metres[n], -n))
    return [
        k
        for k, (street, chain) in enumerate(zip(streets, chains, strict=True))
        if len(chain) > 1 and ("highway" not in street.tags or root(chain[0]) == main)
    ]
