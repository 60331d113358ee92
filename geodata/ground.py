"""What lies beneath a map of stations: water, greens, railways and the larger streets, as one small GeoJSON.

It is drawn by the pages themselves, so that a map is a map with no outside
service. Streets are taken by rank until the drawing is as large as a phone can
be asked to fetch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.osm import STREET_KINDS
from geodata.sketch import FIXED, TUNNEL, Sketch
from geodata.streets import Streets

MOST_POINTS = 60_000
"""Shape points in all; about 1 MB of text, a quarter of that compressed."""

SMOOTH_DEG = 0.00003
"""Shape points that stray less than about 3 m are left out."""

SMALLEST_AREA_DEG2 = 2e-7
"""Ponds and greens under about 0.2 ha are left out."""

RANKS = (
    ("motorway", "motorway_link", "trunk", "trunk_link"),
    ("primary", "primary_link"),
    ("secondary", "secondary_link"),
    ("tertiary", "tertiary_link"),
    ("unclassified", "residential", "road", "living_street", "pedestrian"),
    ("service", "track", "busway", "cycleway", "footway", "path", "steps"),
)
"""Street classes by rank, the broadest first."""

KINDS = {
    "green": ("park", "wood"),
    "water": ("water",),
    "waterway": ("river", "canal", "stream"),
    "rail": ("rail", "light_rail", "narrow_gauge"),
    "road": ("motorway", "trunk"),
}
"""What is drawn as what, of the kinds of a sketch. Roads of lower rank are taken from the streets one may use."""


def draw_ground(sketch: Sketch, streets: Streets) -> dict[str, Any]:
    """Lay out the ground as a GeoJSON FeatureCollection in WGS-84.

    Returns
    -------
    dict
        Features with the properties ``kind`` (``water``, ``waterway``, ``green``, ``rail`` or ``road``), ``rank``
        (0 is the broadest road) and ``name``, in the order in which they are to be drawn.
    """
    features: list[dict[str, Any]] = []
    spent = 0
    west, south, east, north = streets.bounds
    frame = shapely.box(west - 0.02, south - 0.02, east + 0.02, north + 0.02)
    for kind in ("green", "water", "waterway", "rail"):
        kept = [(_clipped(shape, frame), name) for shape, name in _drawn(sketch, kind)]
        shapes = [(shape, name) for shape, name in kept if not shape.is_empty and _worth_drawing(kind, shape)]
        shapes.sort(key=lambda pair: (-pair[0].area, -pair[0].length, pair[1], pair[0].bounds))
        for shape, name in shapes:
            spent += int(shapely.get_num_coordinates(shape))
            if spent > MOST_POINTS // 3:
                break
            features.append(_feature(kind, 0, name, shape))
    motorways = [_clipped(shape, frame) for shape, _ in _drawn(sketch, "road")]
    roads = [(0, shape) for shape in motorways if not shape.is_empty]
    roads += [(rank, line) for rank, line in _street_lines(streets) if rank > 0]
    for rank in range(len(RANKS)):
        lines = shapely.get_parts([line for at, line in roads if at == rank])
        lines = lines[shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING]
        if not lines.size:
            continue
        merged = shapely.line_merge(shapely.multilinestrings(lines))
        size = int(shapely.get_num_coordinates(merged))
        spent += size
        if spent > MOST_POINTS and rank > 0:
            break
        features.append(_feature("road", rank, "", merged))
    return {"type": "FeatureCollection", "features": features}


def _drawn(sketch: Sketch, kind: str) -> list[tuple[BaseGeometry, str]]:
    """Shapes and names of what a sketch has of a kind."""
    things = sketch.of(*KINDS[kind])
    if kind == "rail":
        things = things[sketch.flags[things] & TUNNEL == 0]
    shapes = sketch.areas(things) if kind in {"green", "water"} else sketch.lines(things)
    return [(shape, sketch.texts[text][0]) for shape, text in zip(shapes, sketch.text[things], strict=True)]


def _street_lines(streets: Streets) -> list[tuple[int, BaseGeometry]]:
    rank_of = np.full(len(STREET_KINDS), -1)
    for rank, kinds in enumerate(RANKS):
        rank_of[[STREET_KINDS.index(kind) for kind in kinds]] = rank
    edge = np.repeat(np.arange(streets.edge_u.size), np.diff(streets.shape_start))
    lines = shapely.linestrings(np.column_stack((streets.shape_x, streets.shape_y)) / FIXED, indices=edge)
    lines = _rounded(shapely.simplify(lines, SMOOTH_DEG))
    edge_rank = rank_of[streets.edge_kind]
    drawn = (edge_rank >= 0) & (streets.edge_m > 0)
    return list(zip(edge_rank[drawn].tolist(), lines[drawn], strict=True))


def _clipped(shape: BaseGeometry, frame: BaseGeometry) -> BaseGeometry:
    smooth = shapely.simplify(shapely.make_valid(shape), SMOOTH_DEG)
    return _rounded(shapely.intersection(smooth, frame))


def _worth_drawing(kind: str, shape: BaseGeometry) -> bool:
    return kind in {"waterway", "rail"} or shape.area >= SMALLEST_AREA_DEG2


def _rounded(shape: Any) -> Any:
    return shapely.transform(shape, lambda at: np.round(at, 5))


def _feature(kind: str, rank: int, name: str, shape: BaseGeometry) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"kind": kind, "rank": rank, "name": name},
        "geometry": shapely.geometry.mapping(shape),
    }
