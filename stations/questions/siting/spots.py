"""Where demand lies that nobody can reach, or serve: the places that a planner has to know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.atlas import Atlas
from geodata.gazetteer import NearbyName
from geodata.layers import Layer
from geodata.lonlat import LonLat
from geodata.townships import WHOLE_AREA


@dataclass(frozen=True, slots=True)
class Spot:
    """Demand that nobody can reach, or serve, in one place.

    Attributes
    ----------
    township
        Its name; empty outside all, and where none are declared.
    near
        What the position is called after; None where no name is near.
    position
        Of the point with most of it.
    """

    township: str
    near: NearbyName | None
    position: LonLat
    demand: float
    points: int

    @property
    def called(self) -> str:
        """The township and the name, in any language; a position where no name is near."""
        place = f"{self.position.lon:.4f},{self.position.lat:.4f}" if self.near is None else self.near.name
        return " · ".join(dict.fromkeys(filter(None, (self.township, place))))


def spots_of(points: Sequence[int], atlas: Atlas, layer: Layer) -> tuple[Spot, ...]:
    """Bring demand points together by township and the name that is nearest; where most of it is first.

    Parameters
    ----------
    points
        By their numbers in the layer.
    """
    demand = layer.demand
    heaviest = np.array(points, np.int64)
    heaviest = heaviest[np.argsort(-demand.weight[heaviest], kind="stable")]
    near = atlas.gazetteer.names_near(demand.lon[heaviest], demand.lat[heaviest])
    names = ("", *("" if name == WHOLE_AREA else name for name in atlas.townships.names))
    spots: dict[tuple[str, str], Spot] = {}
    for point, name in zip(heaviest.tolist(), near, strict=True):
        at = LonLat(float(demand.lon[point]), float(demand.lat[point]))
        township = names[int(demand.township[point]) + 1]
        key = township, f"{at.lon:.4f},{at.lat:.4f}" if name is None else name.name
        spot = spots.get(key, Spot(township, name, at, 0.0, 0))
        weight = float(demand.weight[point])
        spots[key] = replace(spot, demand=spot.demand + weight, points=spot.points + 1)
    return tuple(sorted(spots.values(), key=lambda one: -one.demand))
