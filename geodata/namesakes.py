"""Boundaries held against the areas of the same name in the extract: the surest sign of a wrong datum.

A file that reaches well beyond the streets looks right in any datum when only the
streets are asked. An area that OpenStreetMap draws under the same name is not moved
by half a kilometre.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.datum import Datum, from_wgs84, to_wgs84
from geodata.errors import BoundaryError
from geodata.features import AdminArea

SAME = 0.9
"""So much of two outlines in common, and they are drawn from the same border."""

CLEARLY = 0.03
"""A shift of half a kilometre costs townships of 5 by 5 km some 0.2 of what they have in common, the largest 0.03."""


def check_namesakes(
    names: Sequence[str], shapes: Sequence[BaseGeometry], said: Datum, areas: Sequence[AdminArea]
) -> None:
    """Refuse boundaries that lie on the areas of their names only when they are read in another datum.

    Parameters
    ----------
    names, shapes
        The boundaries, converted to WGS-84 from what they are said to be in.
    said
        That datum.
    areas
        Administrative areas of the extract.

    Raises
    ------
    BoundaryError
        Another datum fits clearly better; says which.
    """
    drawn = {area.name: shapely.make_valid(area.geometry) for area in areas if area.name and area.geometry is not None}
    pairs = [(shape, drawn[name]) for name, shape in zip(names, shapes, strict=True) if name in drawn]
    if not pairs:
        return
    fits = {datum: _in_common(pairs, said, datum) for datum in Datum}
    best = max(fits, key=lambda datum: fits[datum])
    if fits[best] >= SAME and fits[best] - fits[said] >= CLEARLY:
        raise BoundaryError(
            "The datum of the boundaries looks wrong: read as {said} they share {share:.1%} of their area with the "
            "areas of the same names in the extract; read as {fits}, {best:.1%}. Try the boundary datum {fits}.",
            said=said.value,
            share=fits[said],
            fits=best.value,
            best=fits[best],
        )


def _in_common(pairs: Sequence[tuple[BaseGeometry, BaseGeometry]], said: Datum, datum: Datum) -> float:
    """Mean share of the joint area that is common to both, were the boundaries in a datum."""

    def read_as(xy: np.ndarray) -> np.ndarray:
        written = from_wgs84(xy[:, 0], xy[:, 1], said)
        return np.column_stack(to_wgs84(*written, datum))

    shares = []
    for shape, area in pairs:
        moved = shape if datum is said else shapely.make_valid(shapely.transform(shape, read_as))
        union = float(shapely.union(moved, area).area)
        shares.append(float(shapely.intersection(moved, area).area) / union if union > 0 else 0.0)
    return float(np.mean(shares))
