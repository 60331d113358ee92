"""Shapes to take away as GeoJSON that a map program opens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from geodata.townships import Townships
from stations.questions.coverage import CoverageAnswer, TownshipRow
from stations.questions.coverage.gaps import Gap
from stations.wording.figures import say_place

DEGREE_DIGITS = 6
"""A tenth of a metre."""


def coverage_geojson(answer: CoverageAnswer, townships: Townships) -> dict[str, Any]:
    """The townships with their figures."""
    shapes = {
        (code, name): shape
        for code, name, shape in zip(townships.codes, townships.names, townships.geometry, strict=True)
    }
    return collection(
        (shapes.get((row.code, row.name)), figures_of(row) | {"unit": answer.unit}) for row in answer.rows
    )


def figures_of(row: TownshipRow) -> dict[str, Any]:
    """The figures of a township, as files and pages give them to programs."""
    return {
        "code": row.code,
        "name": row.name,
        "stations": row.stations,
        "demand": round(row.demand, 1),
        "covered": round(row.covered, 1),
        "covered_twice": round(row.covered_twice, 1),
        "circle": round(row.circle, 1),
        "uncovered": round(row.uncovered, 1),
        "perhaps": round(row.perhaps, 1),
        "share": None if row.share is None else round(row.share, 4),
    }


def gaps_geojson(answer: CoverageAnswer) -> dict[str, Any]:
    """The gaps as points."""
    return collection((_point(gap), _gap(rank, gap, answer.unit)) for rank, gap in enumerate(answer.gaps, 1))


def _point(gap: Gap) -> shapely.Point:
    return shapely.Point(gap.position.lon, gap.position.lat)


def _gap(rank: int, gap: Gap, unit: str) -> dict[str, Any]:
    return {
        "rank": rank,
        "name": say_place(gap.name),
        "township": gap.township,
        "uncovered": round(gap.demand, 1),
        "unit": unit,
        "nearest": gap.nearest,
        "seconds": None if gap.seconds is None else round(gap.seconds, 1),
    }


def reach_geojson(areas: Mapping[float, shapely.Geometry]) -> dict[str, Any]:
    """The areas within reach of any station, the widest first so that the narrower ones lie on top."""
    return collection((areas[minutes], {"minutes": round(minutes, 2)}) for minutes in sorted(areas, reverse=True))


def collection(shapes: Iterable[tuple[shapely.Geometry | None, dict[str, Any]]]) -> dict[str, Any]:
    """A GeoJSON FeatureCollection (RFC 7946: WGS-84, longitude first) of shapes and their properties."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": at,
                "geometry": None if shape is None else _rounded(shape),
                "properties": properties,
            }
            for at, (shape, properties) in enumerate(shapes)
        ],
    }


def _rounded(shape: shapely.Geometry) -> dict[str, Any]:
    if shape.geom_type == "GeometryCollection":
        return {"type": shape.geom_type, "geometries": [_rounded(part) for part in shape.geoms]}
    # Corners in one go, then parted into rings and these into polygons.
    _, corners, offsets = shapely.to_ragged_array([shape], include_z=False)
    parts: list[Any] = list(zip(*np.round(corners, DEGREE_DIGITS).T.tolist(), strict=True))
    for starts in offsets:
        parts = [parts[begin:end] for begin, end in pairwise(starts.tolist())]
    return {"type": shape.geom_type, "coordinates": parts[0]}
