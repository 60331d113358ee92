"""Positions: one type, reading what people paste, great-circle distance, the local metric frame.

Everything inside is WGS-84 (EPSG:4326), longitude first. Distances are on the
sphere with the IUGG mean radius, everywhere the same one, so that a street is
never shorter than the straight line beside it. Against the ellipsoid this is
wrong by at most 0.56 %.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.errors import PositionError

EARTH_RADIUS_M = 6_371_008.8
"""IUGG mean radius R1 = (2a + b) / 3 of GRS 80 (Moritz, Geodetic Reference System 1980)."""

METRES_PER_DEGREE = math.radians(1.0) * EARTH_RADIUS_M
"""Length of one degree of latitude on that sphere."""

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LonLat:
    """A WGS-84 position in degrees.

    Raises
    ------
    PositionError
        Not finite, or outside -180..180 by -90..90.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lon) and math.isfinite(self.lat)):
            raise PositionError(
                "Longitude {lon} and latitude {lat} are not numbers. Give both in decimal degrees.",
                lon=self.lon,
                lat=self.lat,
            )
        if not (-180.0 <= self.lon <= 180.0 and -90.0 <= self.lat <= 90.0):
            if -180.0 <= self.lat <= 180.0 and -90.0 <= self.lon <= 90.0:
                raise PositionError(
                    "Longitude {lon}, latitude {lat} is not on Earth; the two look swapped. Put the longitude first.",
                    lon=self.lon,
                    lat=self.lat,
                )
            raise PositionError(
                "Longitude {lon}, latitude {lat} is not on Earth. "
                "Longitude runs from -180 to 180, latitude from -90 to 90.",
                lon=self.lon,
                lat=self.lat,
            )


def read_position(text: str) -> LonLat:
    """Read a pasted position: ``116.32, 28.29``, ``28.29N 116.32E``, degrees-minutes-seconds.

    Two bare numbers are longitude first unless only the other order is possible,
    or they are the usual latitude-first pair of a place in China (the first below
    60, the second above 70).

    Raises
    ------
    PositionError
        No two coordinates in the text.
    """
    wide = text.translate(str.maketrans("，、；　°′″：", ",,; °'\":", "")).strip()
    bare = wide.replace(",", " ").replace(";", " ").split()
    try:
        first, second = (float(part) for part in bare)
    except ValueError:
        try:
            # Without a degree sign or a quarter of the compass, geopy makes something of any row of numbers; and it
            # bends a latitude beyond the pole back on to the Earth.
            degrees = re.search(r"[0-9]+(?:\.[0-9]+)?", wide)
            legible = bool(set(wide.upper()) & set("°NSEW")) and degrees is not None and float(degrees[0]) < 90.0
            from geopy import Point  # which brings all its geocoders

            point = Point.from_string(wide if legible else "")
        except ValueError:
            raise PositionError(
                "“{text}” is not a position. Paste longitude and latitude in degrees, like 116.32, 28.29.",
                text=text[:80],
            ) from None
        return LonLat(point.longitude, point.latitude)
    latitude_first = abs(second) > 90.0 or (abs(first) < 60.0 and 70.0 < second < 140.0)
    return LonLat(second, first) if latitude_first else LonLat(first, second)


def distance_m(a: LonLat, b: LonLat) -> float:
    """Great-circle distance in metres between two positions."""
    return float(distances_m(np.array([a.lon]), np.array([a.lat]), np.array([b.lon]), np.array([b.lat]))[0])


def distances_m(lon_a: Float, lat_a: Float, lon_b: Float, lat_b: Float) -> Float:
    """Great-circle distances in metres, element by element, in degrees WGS-84, by the haversine formula.

    Source: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984), p. 159.
    """
    half_lat = np.radians(lat_b - lat_a) / 2.0
    half_lon = np.radians(lon_b - lon_a) / 2.0
    chord = np.sin(half_lat) ** 2 + np.cos(np.radians(lat_a)) * np.cos(np.radians(lat_b)) * np.sin(half_lon) ** 2
    metres: Float = 2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return metres


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Metres in one degree of longitude and of latitude, at a latitude: the local metric frame."""
    return METRES_PER_DEGREE * math.cos(math.radians(lat)), METRES_PER_DEGREE
