"""Datums: WGS-84, and the two that maps in China are published in.

GCJ-02 (AMap, Tencent, most lists of stations) is WGS-84 bent by some hundreds
of metres; BD-09 (Baidu) is GCJ-02 bent again. Neither was ever published by its
makers. The formula here is the one that has been in public use since 2010:
``EvilTransform.cs`` (GCJ-02), and the ``bd_encrypt`` of the open ``coordtransform``
family (BD-09). It agrees with what the map services draw to about a metre.

Where it applies
----------------
The map services bend what lies in China and leave the rest of the world alone;
where exactly they stop is not published either. The rectangle of the first
public code (72.004 to 137.8347 E, 0.8293 to 55.8271 N) also holds Seoul, Delhi,
Hanoi and Singapore, which nobody bends. `inside_china` uses an outline instead:
every place in China lies inside it by at least 10 km, and so does a strip of the
neighbouring countries of 10 to 70 km (Blagoveshchensk and Lao Cai lie in it).
Hong Kong, Macau and Taiwan are inside, as Baidu documents for BD-09; some
services leave Taiwan, and Google leaves Hong Kong and Macau, in WGS-84: give
data from there the datum ``wgs84``. The outline says where a distortion is
applied. It says nothing about borders.

At the edge
-----------
Whether a position is bent is decided by where it is in WGS-84, in both
directions. A bend that stops at a line tears the plane there: in a strip as wide
as the shift, two WGS-84 positions share one GCJ-02 position, or none has it. The
inverse then answers as if the data were bent, since only data from inside is
given as GCJ-02 or BD-09. So the round trip from WGS-84 is exact everywhere
inside, and outside everywhere but in that strip.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geodata.lonlat import LonLat

Float = NDArray[np.float64]
Pair = tuple[Float, Float]

KRASOVSKY_A_M = 6_378_245.0
"""Semi-major axis of the Krasovsky 1940 ellipsoid, which the GCJ-02 formula uses."""

KRASOVSKY_E2 = 0.006_693_421_622_965_943_23
"""Its first eccentricity, squared."""

SETTLED_DEG = 1e-11
"""The inverse stops when it maps back to within this; promised is 1e-8."""

MOST_ROUNDS = 40
"""More than enough: each round leaves at most a twentieth of the error."""

REACH_DEG = 0.05
"""How far beyond the outline a bent position can fall: more than the largest shift, about 0.02 degrees."""

EDGE_DEG = 1e-9
"""So near the outline the inverse cannot tell inside from outside, and takes inside."""

POINTS_AT_ONCE = 4096
"""So many positions are held against the outline together, which bounds the memory."""

# Made from Natural Earth 1:10m (public domain), widened by 0.35 degrees, straightened, and closed over the coastal sea.
OUTLINE = (
    "90.1 28.0, 89.0 27.0, 88.4 27.6, 85.9 27.5, 81.8 30.0, 81.1 29.7, 78.5 31.0, 78.0 32.6, 79.0 32.8, 78.5 33.4, "
    "78.4 34.2, 77.7 35.1, 76.0 35.5, 75.6 36.4, 74.1 36.9, 74.6 37.8, 74.4 38.3, 73.8 38.2, 73.3 38.8, 73.7 40.2, "
    "74.8 40.9, 76.3 40.8, 76.7 41.3, 78.0 41.4, 79.9 42.4, 80.3 43.4, 79.5 44.8, 79.7 45.2, 82.0 45.6, 82.9 47.5, "
    "85.3 47.4, 85.5 48.6, 86.4 48.8, 86.9 49.5, 88.1 49.4, 88.9 48.5, 90.5 48.0, 91.4 46.8, 91.1 45.6, 93.6 45.3, "
    "95.5 44.6, 96.6 43.1, 101.6 42.9, 104.9 42.0, 106.7 42.6, 110.2 43.1, 111.4 43.8, 111.1 44.5, 111.9 45.4, "
    "113.5 45.1, 114.4 45.7, 115.5 45.8, 116.7 46.7, 119.3 47.0, 118.1 47.7, 117.3 47.3, 115.8 47.4, 115.2 48.2, "
    "116.6 50.2, 117.8 49.9, 118.8 50.3, 120.3 52.2, 119.8 52.4, 119.7 52.9, 120.8 53.6, 123.5 53.9, 125.9 53.3, "
    "126.8 52.4, 127.9 50.0, 130.7 49.2, 131.2 48.1, 134.2 48.7, 135.0 48.5, 135.1 47.7, 133.3 44.9, 131.5 44.6, "
    "131.6 43.4, 131.3 42.6, 130.7 42.2, 130.1 42.4, 128.6 41.7, 128.4 41.1, 126.9 41.3, 123.9 39.5, 123.4 36.9, "
    "123.6 30.5, 121.8 22.9, 121.9 21.8, 120.5 21.2, 119.5 19.0, 117.2 10.8, 115.2 7.6, 113.0 5.2, 111.0 4.2, "
    "109.3 7.0, 110.6 9.0, 110.3 14.5, 110.0 17.5, 108.2 18.6, 107.8 20.3, 108.2 21.2, 106.4 21.7, 106.2 22.5, "
    "105.2 22.9, 104.1 22.2, 102.0 22.1, 102.2 21.2, 101.9 20.8, 100.9 21.2, 100.1 21.1, 99.6 21.7, 98.9 21.9, "
    "99.0 22.8, 98.3 23.8, 97.7 23.5, 97.2 23.9, 97.4 25.2, 98.4 26.5, 97.8 28.0, 95.5 27.2, 94.0 27.3, 92.1 26.9"
)
"""Corners of the outline, longitude and latitude in degrees WGS-84, once round."""


class Datum(StrEnum):
    """What a longitude and latitude refer to."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def outline() -> Float:
    """Return the corners of the outline, once round: longitude and latitude in degrees, shape [2, corners]."""
    return np.array(OUTLINE.replace(",", " ").split(), dtype=np.float64).reshape(-1, 2).T


def inside_china(lon: Float, lat: Float) -> NDArray[np.bool_]:
    """Whether maps of China bend these positions (degrees WGS-84), element by element.

    By counting the outline's edges to the east of each position (M. Shimrat,
    Algorithm 112, Communications of the ACM 5 (1962), p. 434). NaN is outside.
    """
    lon, lat = _floats(lon, lat)
    lon_a, lat_a = outline()[:, :, np.newaxis]
    lon_b, lat_b = np.roll(lon_a, -1, axis=0), np.roll(lat_a, -1, axis=0)
    slope = (lon_b - lon_a) / np.where(lat_a == lat_b, 1.0, lat_b - lat_a)
    inside = np.zeros(lon.size, dtype=np.bool_)
    for start in range(0, lon.size, POINTS_AT_ONCE):
        some = slice(start, start + POINTS_AT_ONCE)
        x, y = lon.ravel()[some], lat.ravel()[some]
        crossed = ((lat_a > y) != (lat_b > y)) & (x < lon_a + (y - lat_a) * slope)
        inside[some] = np.logical_xor.reduce(crossed, axis=0)
    return inside.reshape(lon.shape)


def from_wgs84(lon: Float, lat: Float, datum: Datum) -> Pair:
    """Give WGS-84 positions in another datum.

    Parameters
    ----------
    lon, lat
        Degrees WGS-84, of one shape.
    datum
        What to give them in.

    Returns
    -------
    tuple of arrays
        Longitude and latitude in degrees of that datum; new arrays, equal to the
        input to the last bit outside the outline and for ``WGS84``.
    """
    lon, lat = _floats(lon, lat)
    bend = _bend(datum)
    if bend is None:
        return lon, lat
    bent = inside_china(lon, lat)
    lon[bent], lat[bent] = bend(lon[bent], lat[bent])
    return lon, lat


def to_wgs84(lon: Float, lat: Float, datum: Datum) -> Pair:
    """Give positions of another datum in WGS-84: the inverse of `from_wgs84`, to 1e-8 degrees or better.

    The shift changes so slowly from place to place that correcting a guess by its
    own error is a contraction (a factor below 0.05), so the iteration converges
    from the position itself.

    Parameters
    ----------
    lon, lat
        Degrees of `datum`, of one shape.
    datum
        What they refer to.

    Returns
    -------
    tuple of arrays
        Longitude and latitude in degrees WGS-84; new arrays, equal to the input to
        the last bit outside the outline and for ``WGS84``.
    """
    lon, lat = _floats(lon, lat)
    bend = _bend(datum)
    if bend is None:
        return lon, lat
    (west, south), (east, north) = outline().min(axis=1) - REACH_DEG, outline().max(axis=1) + REACH_DEG
    near = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    if not near.any():
        return lon, lat
    bent_lon, bent_lat = lon[near], lat[near]
    plain_lon, plain_lat = bent_lon.copy(), bent_lat.copy()
    for _ in range(MOST_ROUNDS):
        off_lon, off_lat = bend(plain_lon, plain_lat)
        off_lon -= bent_lon
        off_lat -= bent_lat
        plain_lon -= off_lon
        plain_lat -= off_lat
        if max(np.abs(off_lon).max(), np.abs(off_lat).max()) < SETTLED_DEG:
            break
    bent = inside_china(plain_lon, plain_lat) | inside_china(bent_lon, bent_lat)
    # What lies on the outline itself comes back a rounding error beside it.
    for east, north in ((EDGE_DEG, 0.0), (-EDGE_DEG, 0.0), (0.0, EDGE_DEG), (0.0, -EDGE_DEG)):
        unsure = np.flatnonzero(~bent)
        bent[unsure] = inside_china(plain_lon[unsure] + east, plain_lat[unsure] + north)
    lon[near] = np.where(bent, plain_lon, bent_lon)
    lat[near] = np.where(bent, plain_lat, bent_lat)
    return lon, lat


def lonlat_from_wgs84(position: LonLat, datum: Datum) -> tuple[float, float]:
    """Longitude and latitude of a position in another datum, in degrees.

    A pair and not a `LonLat`, which is always WGS-84.
    """
    lon, lat = from_wgs84(np.array([position.lon]), np.array([position.lat]), datum)
    return float(lon[0]), float(lat[0])


def lonlat_to_wgs84(lon: float, lat: float, datum: Datum) -> LonLat:
    """Return the position that a longitude and latitude of another datum, in degrees, stand for.

    Raises
    ------
    PositionError
        Not finite, or not on Earth.
    """
    LonLat(lon, lat)
    lons, lats = to_wgs84(np.array([lon]), np.array([lat]), datum)
    return LonLat(float(lons[0]), float(lats[0]))


def _floats(lon: Float, lat: Float) -> Pair:
    """Fresh float64 arrays of one shape, which the caller may change."""
    lon, lat = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    return lon.copy(), lat.copy()


def _bend(datum: Datum) -> Callable[[Float, Float], Pair] | None:
    """Return the formula from WGS-84 to a datum, without asking where; ``None`` for WGS-84 itself."""
    match datum:
        case Datum.WGS84:
            return None
        case Datum.GCJ02:
            return _wgs84_to_gcj02
        case Datum.BD09:
            return _wgs84_to_bd09


def _wgs84_to_gcj02(lon: Float, lat: Float) -> Pair:
    """GCJ-02 of WGS-84, by the formula of ``EvilTransform.cs`` (2010).

    A shift in metres to the east and north, of polynomials and sines around 105 E
    35 N, taken to degrees on the Krasovsky ellipsoid.
    """
    x, y = lon - 105.0, lat - 35.0
    wave = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east_m += (wave + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * (2.0 / 3.0)
    east_m += (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * (2.0 / 3.0)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north_m += (wave + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * (2.0 / 3.0)
    north_m += (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * (2.0 / 3.0)

    phi = np.radians(lat)
    w2 = 1.0 - KRASOVSKY_E2 * np.sin(phi) ** 2
    meridian_m = KRASOVSKY_A_M * (1.0 - KRASOVSKY_E2) / (w2 * np.sqrt(w2))
    parallel_m = KRASOVSKY_A_M / np.sqrt(w2) * np.cos(phi)
    return lon + np.degrees(east_m / parallel_m), lat + np.degrees(north_m / meridian_m)


def _wgs84_to_bd09(lon: Float, lat: Float) -> Pair:
    """BD-09 of WGS-84: GCJ-02, turned and stretched a little as if degrees were a plane, then moved.

    ``bd_encrypt`` of the public ``coordtransform`` code.
    """
    lon, lat = _wgs84_to_gcj02(lon, lat)
    k = 3000.0 * np.pi / 180.0
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * k)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * k)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006
