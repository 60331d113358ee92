"""The demo county's own metric frame, and the few curves everything in it is drawn with.

The drawing is done in metres east and north of the middle of the county seat,
and turned to degrees once, when it is written.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import pairwise

from shapely import Polygon

from geodata.lonlat import metres_per_degree

Point = tuple[float, float]
"""Metres east and north of the middle of the county seat."""

ORIGIN_LON = 116.9
ORIGIN_LAT = 28.6
"""Inside China's outline, so that the Chinese datums apply to the demo as they would to a real county."""

_LON_M, _LAT_M = metres_per_degree(ORIGIN_LAT)


def to_degrees(point: Point) -> Point:
    """Longitude and latitude (WGS-84, rounded to 1e-7 degrees, as OpenStreetMap stores them) of a point in metres."""
    return round(ORIGIN_LON + point[0] / _LON_M, 7), round(ORIGIN_LAT + point[1] / _LAT_M, 7)


def dice(seed: int, topic: str) -> random.Random:
    """Random numbers for one part of the county.

    Each topic rolls its own, so that a change to the villages does not move the
    seat. Seeding with text is defined by Python (SHA-512) and the same on every
    machine.
    """
    return random.Random(f"{seed}/{topic}")


def length_m(points: Sequence[Point]) -> float:
    """Length in metres of a broken line."""
    return math.fsum(math.dist(a, b) for a, b in pairwise(points))


def spline(controls: Sequence[Point], step_m: float) -> list[Point]:
    """Points about every `step_m` metres on the Catmull-Rom curve through the controls.

    Source: E. Catmull and R. Rom, "A class of local interpolating splines",
    Computer Aided Geometric Design (1974), pp. 317-326; tension one half.
    """
    if len(controls) < 3:
        return list(controls)
    padded = [_beyond(controls[1], controls[0]), *controls, _beyond(controls[-2], controls[-1])]
    curve = [controls[0]]
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces = max(1, round(math.dist(p1, p2) / step_m))
        for k in range(1, pieces + 1):
            t = k / pieces
            curve.append((_catmull_rom(p0[0], p1[0], p2[0], p3[0], t), _catmull_rom(p0[1], p1[1], p2[1], p3[1], t)))
    return curve


def _beyond(inner: Point, end: Point) -> Point:
    return 2.0 * end[0] - inner[0], 2.0 * end[1] - inner[1]


def _catmull_rom(a: float, b: float, c: float, d: float, t: float) -> float:
    return b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))


def wander(rng: random.Random, start: Point, end: Point, roughness: float, step_m: float) -> list[Point]:
    """Draw a natural line from start to end by midpoint displacement.

    Parameters
    ----------
    roughness
        Largest sideways shift of a midpoint, as a share of the distance between the ends.
    step_m
        No piece longer than this, in metres.
    """
    distance = math.dist(start, end)
    if distance <= step_m:
        return [start, end]
    shift = rng.uniform(-roughness, roughness)
    middle = (
        (start[0] + end[0]) / 2.0 - shift * (end[1] - start[1]),
        (start[1] + end[1]) / 2.0 + shift * (end[0] - start[0]),
    )
    first = wander(rng, start, middle, roughness, step_m)
    return first + wander(rng, middle, end, roughness, step_m)[1:]


def blob(rng: random.Random, centre: Point, radius_m: float, *, uneven: float = 0.25, points: int = 28) -> Polygon:
    """Draw a rounded, uneven patch: a wood, a lake, the outline of a village."""
    waves = [(k, rng.uniform(0.0, uneven / k), rng.uniform(0.0, math.tau)) for k in (2, 3, 4, 5)]
    stretch = rng.uniform(0.75, 1.0)
    turn = rng.uniform(0.0, math.pi)
    ring = []
    for n in range(points):
        angle = math.tau * n / points
        reach = radius_m * (1.0 + math.fsum(size * math.sin(k * angle + phase) for k, size, phase in waves))
        ring.append(turned((reach * math.cos(angle), stretch * reach * math.sin(angle)), turn, centre))
    return Polygon(ring).buffer(0)


def turned(point: Point, angle: float, around: Point) -> Point:
    """Turn a point about the origin by an angle in radians and move it to stand around another."""
    cos, sin = math.cos(angle), math.sin(angle)
    return around[0] + point[0] * cos - point[1] * sin, around[1] + point[0] * sin + point[1] * cos
