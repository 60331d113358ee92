"""Where the people of the demo county live, by points: a block of the seat, a piece of a town, a village."""

from __future__ import annotations

import math
from collections.abc import Mapping

from shapely import Polygon

from geodata.demo.county import County
from geodata.demo.frame import Point, dice, to_degrees
from geodata.demo.land import SEAT
from geodata.demo.sheet import polygons

# People in a hectare of each zone of the seat, against each other; each use of a block against the zone's mean.
CROWDING: Mapping[str, float] = {
    "old_town": 3.0,
    "inner": 2.4,
    "outer": 1.0,
    "new_town": 1.3,
    "industry": 0.12,
    "station": 0.4,
}
USES: Mapping[str, float] = {"estate": 1.6, "shops": 1.0, "works": 0.06, "market": 0.3, "school": 0.1, "hospital": 0.1}
POINT_M2 = 9_000.0
"""Ground for each point of a large parcel, in square metres."""


def count_people(seed: int, county: County) -> list[dict[str, str]]:
    """Give rows of longitude, latitude and people; they add up to the towns' numbers."""
    rng = dice(seed, "people")
    rows: list[dict[str, str]] = []

    def settle(places: list[tuple[Polygon, float]], people: int) -> None:
        points: list[tuple[Point, float]] = []
        for shape, weight in places:
            spots = _spots(shape)
            points += [(spot, weight / len(spots) * rng.uniform(0.7, 1.3)) for spot in spots]
        total = math.fsum(weight for _, weight in points)
        carried = 0.0
        for spot, weight in points:
            carried += people * weight / total
            whole = round(carried)
            carried -= whole
            if whole > 0:
                lon, lat = to_degrees(spot)
                rows.append({"lon": f"{lon:.7f}", "lat": f"{lat:.7f}", "population": str(whole)})

    seat = [
        (parcel.shape, parcel.shape.area * CROWDING[parcel.zone] * USES[parcel.use])
        for parcel in county.parcels
        if parcel.use in USES
    ]
    settle(seat, SEAT.people)
    for settlement in (*county.towns, *county.villages):
        settle([(parcel, parcel.area) for parcel in settlement.parcels], settlement.people)
    return rows


def _spots(shape: Polygon) -> list[Point]:
    """Give points inside a parcel, more in a larger one."""
    count = max(1, round(math.sqrt(shape.area / POINT_M2)))
    west, south, east, north = shape.bounds
    width, height = (east - west) / count, (north - south) / count
    spots = []
    for i in range(count):
        for j in range(count):
            square = Polygon(
                [(west + (i + a) * width, south + (j + b) * height) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))]
            )
            for part in [shape] if count == 1 else polygons(shape.intersection(square))[:1]:
                inside = part.representative_point()
                spots.append((inside.x, inside.y))
    return spots
