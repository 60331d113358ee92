"""Place names without a network: what a position is called, and where a name is."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata.features import Place
from geodata.lonlat import EARTH_RADIUS_M, Float, LonLat, distance_m

AT_M = 300.0
"""So near a place, a position is called by its name alone: about the size of a village."""

REACH_M = 20_000.0
"""A place farther than this says nothing of a position."""

# How many times farther a place of this kind seems than it is. What people live in and call by name
# comes first; a city's one point stands for so much ground that any nearer name says more. A street is always
# near, and tells a stranger little: it is named where no settlement is within some 500 m.
FARNESS = {
    "neighbourhood": 1.0,
    "quarter": 1.0,
    "village": 1.0,
    "hamlet": 1.1,
    "suburb": 1.2,
    "town": 1.2,
    "isolated_dwelling": 1.5,
    "farm": 1.5,
    "square": 1.5,
    "city_block": 1.5,
    "locality": 1.8,
    "allotments": 1.8,
    "islet": 2.0,
    "island": 2.0,
    "borough": 2.0,
    "plot": 2.0,
    "city": 2.5,
    "street": 4.0,
    "premises": 4.0,
    "district": 4.0,
    "municipality": 4.0,
    "county": 6.0,
}
OTHER_FARNESS = 3.0
NOT_NAMES_OF_A_SPOT = frozenset({"state", "province", "region", "country", "continent", "ocean", "sea", "archipelago"})

NO_FIT = 3
"""How a name answers that does not hold what was asked."""

POINTS_ZH = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
POINTS_EN = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True, slots=True)
class NearbyName:
    """What a position is called after.

    Attributes
    ----------
    name
        Of the place, as mapped.
    name_en
        In English, where mapped; else ``name``.
    distance_m
        From the place to the position, great circle.
    bearing_deg
        From the place towards the position, clockwise from north, 0 to 360.
    """

    name: str
    name_en: str
    distance_m: float
    bearing_deg: float

    @property
    def is_there(self) -> bool:
        """Whether the position is at the place, and not merely on some side of it."""
        return self.distance_m <= AT_M

    def text_zh(self) -> str:
        """Say it in Chinese: ``金寨村``, or ``金寨村东北1.2公里``."""
        if self.is_there:
            return self.name
        return f"{self.name}{POINTS_ZH[self._point]}{self._far('公里', '米')}"

    def text_en(self) -> str:
        """Say it in English: ``Jinzhai``, or ``1.2 km NE of Jinzhai``."""
        if self.is_there:
            return self.name_en
        return f"{self._far(' km', ' m')} {POINTS_EN[self._point]} of {self.name_en}"

    def __str__(self) -> str:
        return self.text_zh()

    @property
    def _point(self) -> int:
        return round(self.bearing_deg / 45.0) % 8

    def _far(self, km: str, m: str) -> str:
        hundreds = round(self.distance_m / 100.0)
        return f"{hundreds * 100}{m}" if hundreds < 10 else f"{hundreds / 10:.1f}{km}"


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """The named places of an atlas.

    Attributes
    ----------
    places
        Sorted by kind, name and position, so that the order of the extract does not show.
    """

    places: Sequence[Place]

    def __post_init__(self) -> None:
        """Sort the places, and leave out those without a name or as large as a province."""
        kept = [place for place in self.places if place.name and place.kind not in NOT_NAMES_OF_A_SPOT]
        kept.sort(key=lambda p: (_farness(p.kind), p.kind, p.name, p.position.lon, p.position.lat))
        object.__setattr__(self, "places", tuple(kept))

    def name_near(self, position: LonLat) -> NearbyName | None:
        """Return what a position is called after; ``None`` with no place within 20 km.

        The nearest place, where each kind seems as many times farther as `FARNESS`
        says: a neighbourhood 400 m off wins over the city's point 200 m off.
        """
        return self.names_near(np.array([position.lon]), np.array([position.lat]))[0]

    def names_near(self, lon: Float, lat: Float) -> list[NearbyName | None]:
        """Return what each of many positions (degrees WGS-84, shape [p]) is called after."""
        best = np.full(len(lon), -1, dtype=np.int64)
        seems_m = np.full(len(lon), np.inf)
        points = _on_sphere(np.asarray(lon), np.asarray(lat))
        for farness, start, tree in self._trees:
            chord, place = tree.query(points, distance_upper_bound=2.0 * math.sin(REACH_M / EARTH_RADIUS_M / 2.0))
            apart_m = 2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(chord, 2.0) / 2.0) * farness
            # Kinds come in the order of their farness, so of two that seem as far the more telling one stays.
            nearer = np.isfinite(chord) & (apart_m < seems_m)
            best[nearer], seems_m[nearer] = place[nearer] + start, apart_m[nearer]
        return [
            None if index < 0 else _nearby(self.places[index], LonLat(float(x), float(y)))
            for index, x, y in zip(best.tolist(), lon, lat, strict=True)
        ]

    def find(self, text: str, limit: int = 10) -> list[Place]:
        """Return the places that a text names, the best first.

        Whole names come before beginnings, and those before parts; then the larger
        place by its people, then by kind.

        Parameters
        ----------
        text
            A name or part of one, in any language mapped; capitals do not matter.
        limit
            How many at most.
        """
        asked = text.strip().casefold()
        if not asked:
            return []
        found: list[tuple[tuple[int, int, int], Place]] = []
        for rank, place in enumerate(self.places):
            fit = min(_fit(asked, name.casefold()) for name in (place.name, *place.names.values()))
            if fit < NO_FIT:
                found.append(((fit, -(place.population or 0), rank), place))
        return [place for _, place in sorted(found, key=lambda one: one[0])[:limit]]

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Positions as plain arrays, the texts as one JSON text in UTF-8."""
        texts = [[place.name, place.kind, place.population, dict(place.names)] for place in self.places]
        return {
            "lon": np.round([place.position.lon for place in self.places], 7).astype(np.float64),
            "lat": np.round([place.position.lat for place in self.places], 7).astype(np.float64),
            "texts": np.frombuffer(json.dumps(texts, ensure_ascii=False).encode(), dtype=np.uint8),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Gazetteer:
        """Take back what `to_arrays` gave."""
        texts = json.loads(arrays["texts"].tobytes())
        return cls(
            [
                Place(name, kind, LonLat(lon, lat), population, names)
                for (name, kind, population, names), lon, lat in zip(
                    texts, arrays["lon"].tolist(), arrays["lat"].tolist(), strict=True
                )
            ]
        )

    @cached_property
    def _trees(self) -> list[tuple[float, int, Any]]:
        """For each degree of farness: it, the index of its first place, and a tree over its places."""
        farness = np.array([_farness(place.kind) for place in self.places])
        lon = np.array([place.position.lon for place in self.places])
        lat = np.array([place.position.lat for place in self.places])
        degrees, starts = np.unique(farness, return_index=True)
        ends = [*starts[1:].tolist(), len(farness)]
        return [
            (float(degree), start, cKDTree(_on_sphere(lon[start:end], lat[start:end])))
            for degree, start, end in zip(degrees, starts.tolist(), ends, strict=False)
        ]


def _fit(asked: str, name: str) -> int:
    """How well a name answers what was asked: 0 wholly, 1 from its beginning, 2 in part, else `NO_FIT`."""
    if name == asked:
        return 0
    if name.startswith(asked):
        return 1
    return 2 if asked in name else NO_FIT


def _farness(kind: str) -> float:
    return FARNESS.get(kind, OTHER_FARNESS)


def _on_sphere(lon: Float, lat: Float) -> Float:
    """Points on the unit sphere, where the nearest in a straight line is the nearest along the ground."""
    lam, phi = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def _nearby(place: Place, position: LonLat) -> NearbyName:
    """How a position lies from a place."""
    return NearbyName(
        name=place.name,
        name_en=place.names.get("name:en", place.name),
        distance_m=distance_m(place.position, position),
        bearing_deg=_bearing_deg(place.position, position),
    )


def _bearing_deg(start: LonLat, end: LonLat) -> float:
    """Initial great-circle bearing, clockwise from north, 0 to 360.

    Source: J. P. Snyder, "Map Projections: A Working Manual", USGS Professional
    Paper 1395 (1987), equation 5-4b.
    """
    phi_a, phi_b = math.radians(start.lat), math.radians(end.lat)
    east = math.radians(end.lon - start.lon)
    y = math.sin(east) * math.cos(phi_b)
    x = math.cos(phi_a) * math.sin(phi_b) - math.sin(phi_a) * math.cos(phi_b) * math.cos(east)
    return math.degrees(math.atan2(y, x)) % 360.0
