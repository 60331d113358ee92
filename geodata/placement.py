"""Whether boundaries, people and streets lie in the same place, in the same datum.

Boundaries may well reach beyond the streets, or streets beyond the boundaries:
neither is a fault. None of the streets inside is one, and so is a clearly better
fit with the axes swapped or in another datum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.datum import Datum, from_wgs84
from geodata.errors import BoundaryError, DemandError
from geodata.lonlat import Float, LonLat, distance_m

WORTH_TRYING = 20_000
"""So many street positions say as well as all of them where the streets are."""

BEYOND_DEG = 0.005
"""People this far beyond the streets, some 500 m, still belong to them."""


def share_inside(shapes: Sequence[BaseGeometry], lon: Float, lat: Float) -> float:
    """Share of positions that lie in any of these polygons, 0 to 1."""
    return float(inside_any(shapes, lon, lat).mean()) if lon.size else 0.0


def inside_any(shapes: Sequence[BaseGeometry] | NDArray[Any], lon: Float, lat: Float) -> NDArray[np.bool_]:
    """Whether each position lies in, or on the edge of, any of these polygons."""
    inside: NDArray[np.bool_] = first_holding(shapes, lon, lat) >= 0
    return inside


def first_holding(shapes: Sequence[BaseGeometry] | NDArray[Any], lon: Float, lat: Float) -> NDArray[np.int32]:
    """Index of the first of these polygons that holds each position; its edge belongs to it.

    Parameters
    ----------
    shapes
        Polygons in degrees.
    lon, lat
        Degrees of the same datum, shape [p].

    Returns
    -------
    int32 array, shape [p]
        -1 where none does.
    """
    found = np.full(len(lon), -1, dtype=np.int32)
    order = np.argsort(lon, kind="stable")
    x, y = lon[order], lat[order]
    west, south, east, north = np.asarray(shapely.bounds(shapes), dtype=np.float64).reshape(-1, 4).T
    first, last = np.searchsorted(x, west, "left"), np.searchsorted(x, east, "right")
    for index in reversed(np.flatnonzero(last > first)):
        span = slice(first[index], last[index])
        near = np.flatnonzero((y[span] >= south[index]) & (y[span] <= north[index])) + first[index]
        if near.size:
            shape = shapes[index]
            shapely.prepare(shape)
            inside = near[shapely.intersects_xy(shape, x[near], y[near])]
            found[order[inside]] = index
    return found


def check_place(shapes: Sequence[BaseGeometry], datum: Datum, lon: Float, lat: Float) -> list[str]:
    """Hold the polygons of a boundary file, as read, against street positions in WGS-84.

    Parameters
    ----------
    shapes
        Polygons in the datum of their file.
    datum
        What the file is said to be in.
    lon, lat
        Positions on streets, degrees WGS-84.

    Returns
    -------
    list of str
        What is odd but may be right.

    Raises
    ------
    BoundaryError
        No street inside: how far off, and whether the axes look swapped. Or the
        datum looks wrong: which one fits.
    """
    if not lon.size:
        return []
    step = -(-lon.size // WORTH_TRYING)
    lon, lat = lon[::step], lat[::step]
    shapes = [shapely.make_valid(shape) for shape in shapes]
    as_said = from_wgs84(lon, lat, datum)
    share = share_inside(shapes, *as_said)
    if share < 0.005 and share_inside(shapes, lat, lon) > max(0.1, 10.0 * share):
        raise BoundaryError(
            "The axes of the boundaries look swapped: the streets fit when latitude and longitude change places. "
            "Save the file with the longitude first."
        )
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    if west < -180.0 or south < -90.0 or east > 180.0 or north > 90.0:
        raise BoundaryError(
            "The boundaries run from {west:.4f}, {south:.4f} to {east:.4f}, {north:.4f}, "
            "which are not degrees of longitude and latitude. Save the file in degrees, longitude first.",
            west=west,
            south=south,
            east=east,
            north=north,
        )
    notes = _check_datum(shapes, datum, lon, lat, share)
    if share == 0.0:
        raise BoundaryError(
            "The boundaries lie in the wrong place: no street of the extract is inside, "
            "and the nearest is {km:.1f} km off. Check that both files are of the same county, and the datum.",
            km=_apart_km(shapes, *as_said),
        )
    if share < 0.5:
        notes.append(f"Only {share:.1%} of the streets lie in a township.")
    return notes


def _check_datum(shapes: Sequence[BaseGeometry], said: Datum, lon: Float, lat: Float, share: float) -> list[str]:
    """Say whether the streets fit better when the boundaries are taken to be in another datum.

    A wrong datum pushes a strip of streets out on one side. Boundaries that merely
    end on that side do the same, so the better fit must also be a best one: pushed
    as far again, streets must fall out on the other side. With boxes thrown at random
    over three real towns the thresholds refuse 1 in 100 that are in the right datum,
    and none of those that hold the town whole.
    """
    as_said = from_wgs84(lon, lat, said)
    fits: list[tuple[float, float, Datum]] = []
    for datum in Datum:
        if datum is said:
            continue
        other = from_wgs84(lon, lat, datum)
        beyond = 2.0 * other[0] - as_said[0], 2.0 * other[1] - as_said[1]
        fits.append((share_inside(shapes, *other), share_inside(shapes, *beyond), datum))
    best, beyond_best, datum = max(fits, key=lambda fit: fit[0])
    out_said, out_best, out_beyond = 1.0 - share, 1.0 - best, 1.0 - beyond_best
    if best >= 0.97 and best - share >= 0.02 and out_best <= 0.25 * out_said and out_beyond >= 0.3 * out_said:
        raise BoundaryError(
            "The datum of the boundaries looks wrong: read as {said}, {share:.1%} of the streets lie in a township; "
            "read as {fits}, {best:.1%} do. Try the boundary datum {fits}. "
            "If {said} is right after all, add the neighbouring townships to the file.",
            said=said.value,
            share=share,
            fits=datum.value,
            best=best,
        )
    if best - share >= 0.005 and out_best <= 0.5 * out_said:
        note = (
            f"Read as {datum.value}, {best:.1%} of the streets would lie in a township; "
            f"read as {said.value}, {share:.1%} do. Check the boundary datum."
        )
        return [note]
    return []


def _apart_km(shapes: Sequence[BaseGeometry], lon: Float, lat: Float) -> float:
    """Kilometres between the nearest polygon and the nearest of some street positions."""
    some = shapely.multipoints(np.column_stack([lon, lat])[:: max(1, lon.size // 500)])
    line = min((shapely.shortest_line(shape, some) for shape in shapes), key=lambda line: float(line.length))
    (lon_a, lat_a), (lon_b, lat_b) = line.coords
    return distance_m(LonLat(lon_a, lat_a), LonLat(lon_b, lat_b)) / 1000.0


def streets_box(lon: Float, lat: Float) -> tuple[float, float, float, float]:
    """West, south, east and north, in degrees, of what still belongs to these streets."""
    return (
        float(lon.min()) - BEYOND_DEG,
        float(lat.min()) - BEYOND_DEG,
        float(lon.max()) + BEYOND_DEG,
        float(lat.max()) + BEYOND_DEG,
    )


def check_people(
    lon: Float, lat: Float, street_lon: Float, street_lat: Float, known: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Tell which people live where the streets are.

    Parameters
    ----------
    lon, lat
        Where people live, degrees WGS-84, shape [p].
    street_lon, street_lat
        Positions on streets, degrees WGS-84.
    known
        People who are known to have a street, wherever their position is, shape [p].

    Returns
    -------
    bool array, shape [p]

    Raises
    ------
    DemandError
        None of them: how far off, or that the axes look swapped.
    """
    west, south, east, north = streets_box(street_lon, street_lat)

    def inside(x: Float, y: Float) -> NDArray[np.bool_]:
        within: NDArray[np.bool_] = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        return within

    near = inside(lon, lat) if known is None else inside(lon, lat) | known
    if near.any():
        return near
    if inside(lat, lon).any():
        raise DemandError(
            "The axes of the population look swapped: it fits the streets when longitude and latitude change places. "
            "Exchange the two."
        )
    off_m = min(
        distance_m(LonLat(x, y), LonLat(min(max(x, west), east), min(max(y, south), north)))
        for x, y in zip(lon[:WORTH_TRYING].tolist(), lat[:WORTH_TRYING].tolist(), strict=True)
    )
    raise DemandError(
        "The population lies in the wrong place: nobody is near a street of the extract, "
        "and the nearest is {km:.1f} km off. Check that both files are of the same county, and the datum (WGS-84).",
        km=off_m / 1000.0,
    )
