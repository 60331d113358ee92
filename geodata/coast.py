"""The sea beside a coast: an extract has the line where it begins, and nothing of the water itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

ASIDE_DEG = 1e-6
"""So far beside a piece of coast it is asked which side is which: a decimetre."""

MISTAKEN = 0.01
"""So much of the coast around a sea may have it on the wrong side: where pieces touch, and where mappers slipped."""


def sea_beside(coast: NDArray[Any], frame: tuple[float, float, float, float]) -> NDArray[Any]:
    """Give the sea within a frame as polygons.

    A coastline has the land on its left and the sea on its right
    (https://wiki.openstreetmap.org/wiki/Tag:natural=coastline). The coast and the frame
    cut the ground into faces; a face is sea if all coast around it has it on the right.
    Where an extract cuts the coast off, its end is led straight to the nearest edge.

    Parameters
    ----------
    coast
        Lines in degrees, in the direction they are mapped in.
    frame
        West, south, east, north.
    """
    edge = shapely.box(*frame)
    inside = shapely.get_parts(shapely.intersection(coast, edge))
    inside = inside[shapely.get_type_id(inside) == shapely.GeometryType.LINESTRING]
    if not inside.size:
        return np.empty(0, dtype=object)
    lines = shapely.union_all([*inside, *_led_out(inside, edge.boundary), edge.boundary])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    points, line = shapely.get_coordinates(inside, return_index=True)
    along = np.diff(points, axis=0)
    length = np.hypot(along[:, 0], along[:, 1])
    piece = (line[1:] == line[:-1]) & (length > 0)
    along, length, start = along[piece], length[piece], points[:-1][piece]
    to_the_right = np.column_stack((along[:, 1], -along[:, 0])) / length[:, np.newaxis] * ASIDE_DEG
    middle = start + along / 2.0
    tree = shapely.STRtree(faces)
    right, left = np.zeros(faces.size), np.zeros(faces.size)
    for votes, side in ((right, to_the_right), (left, -to_the_right)):
        asked, face = tree.query(shapely.points(middle + side), predicate="within")
        np.add.at(votes, face, length[asked])
    return faces[(right > 0) & (left <= MISTAKEN * right)]


def _led_out(coast: NDArray[Any], edge: Any) -> list[Any]:
    """Lines from where a coast ends to the edge of the frame."""
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(coast, at)) for at in (0, -1)])
    places, times = np.unique(ends, axis=0, return_counts=True)
    loose = shapely.points(places[times % 2 == 1])
    off = loose[shapely.distance(loose, edge) > ASIDE_DEG]
    return list(shapely.shortest_line(off, edge))
