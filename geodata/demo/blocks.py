"""Cutting ground into blocks by streets, the way towns grow: the longest side is cut first."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from geodata.demo.frame import Point, turned
from geodata.demo.sheet import lines, polygons

NARROW_M = 85.0
"""Blocks narrower than this are not cut again."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A street made by cutting a block; depth 0 was cut first."""

    points: tuple[Point, ...]
    depth: int


def cut_up(
    block: Polygon, target_m2: float, rng: random.Random, *, streets: LineString | None = None, depth: int = 0
) -> tuple[list[Polygon], list[Cut]]:
    """Cut a block into parcels of about `target_m2` square metres.

    Parameters
    ----------
    streets
        When given, only this line of the block's edge is a street, and each cut
        must reach it or an earlier cut. Otherwise the whole edge is street.
    """
    if block.area < target_m2 * rng.uniform(0.9, 1.7) or long_axis(block)[3] < NARROW_M:
        return [block], []
    for _ in range(8):
        line = _across(block, rng)
        pieces = polygons(split(block, line))
        inside = lines(line.intersection(block))
        if len(pieces) != 2 or len(inside) != 1 or pieces[1].area < 0.16 * block.area:
            continue
        if streets is not None and inside[0].distance(streets) > 0.5:
            continue
        cut = Cut(tuple(inside[0].coords), depth)
        known = None if streets is None else _joined(streets, inside[0])
        parcels: list[Polygon] = []
        cuts = [cut]
        for piece in pieces:
            more_parcels, more_cuts = cut_up(piece, target_m2, rng, streets=known, depth=depth + 1)
            parcels += more_parcels
            cuts += more_cuts
        return parcels, cuts
    return [block], []


def _joined(streets: LineString, cut: LineString) -> LineString:
    joined: LineString = shapely.union(streets, cut)
    return joined


def long_axis(block: Polygon) -> tuple[Point, float, float, float]:
    """Give the middle, direction in radians, length and width of the narrowest rectangle around a block."""
    corners = list(shapely.oriented_envelope(block).exterior.coords)
    sides = sorted(
        ((math.dist(a, b), math.atan2(b[1] - a[1], b[0] - a[0])) for a, b in pairwise(corners[:3])),
        reverse=True,
    )
    middle = (corners[0][0] + corners[2][0]) / 2.0, (corners[0][1] + corners[2][1]) / 2.0
    return middle, sides[0][1] % math.pi, sides[0][0], sides[1][0]


def _across(block: Polygon, rng: random.Random) -> LineString:
    """Draw a slightly bent line across the long side of a block, near its middle."""
    middle, direction, length, width = long_axis(block)
    along = rng.uniform(-0.16, 0.16) * length
    angle = direction + math.pi / 2.0 + rng.gauss(0.0, 0.06)
    reach = width * 0.75 + 30.0
    bend = rng.uniform(-0.07, 0.07) * width
    centre = middle[0] + along * math.cos(direction), middle[1] + along * math.sin(direction)
    half = (-1.0, -0.5, 0.0, 0.5, 1.0)
    return LineString(
        [
            (
                centre[0] + t * reach * math.cos(angle) + bend * (1.0 - t * t) * math.cos(direction),
                centre[1] + t * reach * math.sin(angle) + bend * (1.0 - t * t) * math.sin(direction),
            )
            for t in half
        ]
    )


def edges(block: Polygon) -> Iterator[tuple[float, float, Point]]:
    """Give length, direction in radians and first corner of each edge, anticlockwise."""
    corners = [(float(x), float(y)) for x, y in block.exterior.coords]
    if not block.exterior.is_ccw:
        corners.reverse()
    for a, b in pairwise(corners):
        yield math.dist(a, b), math.atan2(b[1] - a[1], b[0] - a[0]), a


def plot(near: Point, far: Point, angle: float, corner: Point) -> list[Point]:
    """Give the corners of a rectangle between two opposite ones, given along and across a direction from a place."""
    (x0, y0), (x1, y1) = near, far
    return [turned(point, angle, corner) for point in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]


def on_ground(plots: Sequence[list[Point]], ground: BaseGeometry) -> list[Polygon | None]:
    """Give the plots as polygons, None for those that do not lie wholly on the ground."""
    if not plots:
        return []
    shapely.prepare(ground)
    houses = shapely.polygons(np.round(np.array(plots), 2))
    return [house if fits else None for house, fits in zip(houses, shapely.contains(ground, houses), strict=True)]


def within(plots: Sequence[list[Point]], ground: BaseGeometry) -> list[Polygon]:
    """Give the plots that lie on the ground and not on an earlier plot."""
    fitting = [house for house in on_ground(plots, ground) if house is not None]
    tree = shapely.STRtree(fitting)
    overlaps = tree.query(fitting, predicate="intersects") if fitting else np.empty((2, 0), dtype=np.int64)
    kept: set[int] = set()
    for number in range(len(fitting)):
        if not kept.intersection(overlaps[1, overlaps[0] == number].tolist()):
            kept.add(number)
    return [fitting[number] for number in sorted(kept)]
