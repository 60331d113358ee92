"""What lies beneath a map of stations: water, greens, railways and the larger streets, as one small GeoJSON.

It is drawn by the pages themselves, so that a map is a map with no outside
service. Streets are taken by rank until the drawing is as large as a phone can
be asked to fetch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.legend import STREET_KINDS
from geodata.runs import expand_runs
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
        drawn, names = _drawn(sketch, kind)
        kept = zip(_clipped(drawn, frame), names, strict=True)
        shapes = [(shape, name) for shape, name in kept if not shape.is_empty and _worth_drawing(kind, shape)]
        shapes.sort(key=lambda pair: (-pair[0].area, -pair[0].length, pair[1], pair[0].bounds))
        for shape, name in shapes:
            spent += int(shapely.get_num_coordinates(shape))
            if spent > MOST_POINTS // 3:
                break
            features.append(_feature(kind, 0, name, shape))
    for rank in range(len(RANKS)):
        lines = shapely.get_parts(_clipped(_drawn(sketch, "road")[0], frame) if rank == 0 else _streets(streets, rank))
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


def _drawn(sketch: Sketch, kind: str) -> tuple[NDArray[Any], list[str]]:
    """Shapes and names of what a sketch has of a kind."""
    things = sketch.of(*KINDS[kind])
    if kind == "rail":
        things = things[sketch.flags[things] & TUNNEL == 0]
    shapes = sketch.areas(things) if kind in {"green", "water"} else sketch.lines(things)
    return shapes, [sketch.texts[text][0] for text in sketch.text[things]]


def _streets(streets: Streets, rank: int) -> NDArray[Any]:
    """Lines of the streets of a rank."""
    of_rank = np.isin(streets.edge_kind, [STREET_KINDS.index(kind) for kind in RANKS[rank]]) & (streets.edge_m > 0)
    edges = np.flatnonzero(of_rank)
    counts = np.diff(streets.shape_start)[edges]
    points = expand_runs(streets.shape_start[edges], streets.shape_start[edges + 1])
    places = np.column_stack((streets.shape_x[points], streets.shape_y[points])) / FIXED
    lines = shapely.linestrings(places, indices=np.repeat(np.arange(edges.size), counts))
    return _rounded(shapely.simplify(lines, SMOOTH_DEG))


def _clipped(shapes: NDArray[Any], frame: BaseGeometry) -> NDArray[Any]:
    smooth = shapely.simplify(shapely.make_valid(shapes), SMOOTH_DEG)
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
