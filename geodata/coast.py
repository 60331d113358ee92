"""The sea beside a coast: an extract has the line where it begins, and nothing of the water itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

ASIDE_DEG = 1e-6
"""So far beside a piece of coast it is asked which side is which: a decimetre."""


def sea_beside(coast: NDArray[Any], frame: tuple[float, float, float, float]) -> NDArray[Any]:
    """Give the sea within a frame as polygons.

    A coastline has the land on its left and the sea on its right
    (https://wiki.openstreetmap.org/wiki/Tag:natural=coastline). The coast and the frame
    cut the ground into faces; a face is sea if more of the coast has it on its right.
    Where the coast ends inside the frame no face closes, and nothing is sea.

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
    lines = shapely.union_all([*inside, edge.boundary])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    points, line = shapely.get_coordinates(inside, return_index=True)
    along = np.diff(points, axis=0)
    length = np.hypot(along[:, 0], along[:, 1])
    piece = (line[1:] == line[:-1]) & (length > 0)
    along, length, start = along[piece], length[piece], points[:-1][piece]
    to_the_right = np.column_stack((along[:, 1], -along[:, 0])) / length[:, np.newaxis] * ASIDE_DEG
    middle = start + along / 2.0
    votes = np.zeros(faces.size)
    tree = shapely.STRtree(faces)
    for side, sign in ((to_the_right, 1.0), (-to_the_right, -1.0)):
        asked, face = tree.query(shapely.points(middle + side), predicate="within")
        np.add.at(votes, face, sign * length[asked])
    return faces[votes > 0]
