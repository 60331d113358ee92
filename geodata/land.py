"""Demand as land: the townships cut in the cells of a grid, each with its area.

Whoever asks what share of the land is served, asks it of these. Areas are worked
out on the ellipsoid, so that the cells of a township make up exactly its own.
"""

from __future__ import annotations

import math

import numpy as np
import shapely

from geodata.demand import SQUARE_METRES, Demand
from geodata.lonlat import METRES_PER_DEGREE, Float
from geodata.townships import Townships

BY_LAND = "land"
LEAST_CELL_M = 100.0
"""Side of the finest cells, as of those in which streets are gathered."""

STEP_M = 50.0
"""Coarser cells are so much wider each time."""

MOST_POINTS = 60_000
"""Cells are as fine as this many allow."""

FULL = 0.9
"""Share of the points that may be whole cells; borders cut the others, which makes more of them."""

AXIS_M = 6_378_137.0
ECCENTRICITY = math.sqrt(0.00669437999014)
"""Of the ellipsoid of WGS-84 (NIMA TR8350.2, 3rd edition, table 3.1 and 3.3)."""


def demand_from_land(townships: Townships, most: int = MOST_POINTS) -> Demand:
    """Cut townships in square cells, as fine as at most ``most`` points allow; weights are square metres."""
    flat = shapely.transform(townships.geometry, _on_plane)
    whole_m2 = float(shapely.area(flat).sum())
    side_m = max(LEAST_CELL_M, math.ceil(math.sqrt(whole_m2 / (FULL * most)) / STEP_M) * STEP_M)
    while True:
        parts = [_cut(shape, side_m) for shape in flat]
        if sum(part.shape[1] for part in parts) <= most or not whole_m2:
            break
        side_m += STEP_M
    x, y, area_m2 = np.concatenate([np.empty((3, 0)), *parts], axis=1)
    lon, lat = _on_earth(x, y)
    return Demand(
        lon=np.round(lon, 7),
        lat=np.round(lat, 7),
        weight=area_m2,
        township=np.repeat(np.arange(len(parts), dtype=np.int32), [part.shape[1] for part in parts]),
        street_m=np.zeros(lon.size),
        unit=SQUARE_METRES,
        basis=BY_LAND,
        notes=(f"Land is cut in cells of {side_m:.0f} m.",),
    )


def _cut(shape: shapely.Geometry, side_m: float) -> Float:
    """Pieces of one township on the plane: middle x and y, and area, float64 [3, pieces]."""
    if shape.is_empty:
        return np.empty((3, 0))
    west, south, east, north = shape.bounds
    _, low_lat = _on_earth(np.array([west]), np.array([south]))
    _, high_lat = _on_earth(np.array([east]), np.array([north]))
    step = side_m / METRES_PER_DEGREE
    row = np.arange(math.floor(low_lat[0] / step), math.floor(high_lat[0] / step) + 1)
    edges = _on_plane(np.column_stack((np.zeros(row.size + 1), np.append(row, row[-1] + 1) * step)))[:, 1]
    bottom, top = edges[:-1], edges[1:]
    # Each row has columns of its own, so that cells are square everywhere.
    wide = np.radians(step) * AXIS_M / np.cos(np.radians((row + 0.5) * step))
    strips = shapely.intersection(shape, shapely.box(west - 1.0, bottom, east + 1.0, top))
    low_x, _, high_x, _ = shapely.bounds(strips).T
    there = np.flatnonzero(~shapely.is_empty(strips))
    begin, end = np.floor(low_x[there] / wide[there]), np.floor(high_x[there] / wide[there]) + 1
    count = (end - begin).astype(np.int64)
    strip = np.repeat(there, count)
    column = np.repeat(begin, count) + np.arange(strip.size) - np.repeat(np.cumsum(count) - count, count)
    left, right = column * wide[strip], (column + 1) * wide[strip]
    cells = shapely.box(left, bottom[strip], right, top[strip])
    shapely.prepare(shape)
    cut = ~shapely.contains(shape, cells)
    cells[cut] = shapely.intersection(strips[strip[cut]], cells[cut])
    area_m2 = shapely.area(cells)
    kept = area_m2 > 0.0
    middle = shapely.centroid(cells[kept])
    return np.stack((shapely.get_x(middle), shapely.get_y(middle), area_m2[kept]))


def _on_plane(lon_lat: Float) -> Float:
    """Degrees on the plane on which areas are true: metres, the cylindrical equal-area projection of the ellipsoid.

    Source: J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987), p. 81, with the
    equator as standard parallel: x = a λ, y = a q / 2, and q by his formula 3-12.
    """
    lon, lat = np.radians(lon_lat).T
    sine = np.sin(lat)
    turned = ECCENTRICITY * sine
    q = (1.0 - ECCENTRICITY**2) * (sine / (1.0 - turned**2) + np.arctanh(turned) / ECCENTRICITY)
    return np.column_stack((AXIS_M * lon, AXIS_M * q / 2.0))


def _on_earth(x: Float, y: Float) -> tuple[Float, Float]:
    """The reverse, in degrees: the latitude by three terms of the series of Snyder's formula 3-18."""
    e2 = ECCENTRICITY**2
    pole = (1.0 - e2) * (1.0 / (1.0 - e2) + math.atanh(ECCENTRICITY) / ECCENTRICITY)
    beta = np.arcsin(np.clip(2.0 * y / AXIS_M / pole, -1.0, 1.0))
    lat = (
        beta
        + (e2 / 3.0 + 31.0 * e2**2 / 180.0 + 517.0 * e2**3 / 5040.0) * np.sin(2.0 * beta)
        + (23.0 * e2**2 / 360.0 + 251.0 * e2**3 / 3780.0) * np.sin(4.0 * beta)
        + 761.0 * e2**3 / 45360.0 * np.sin(6.0 * beta)
    )
    return np.degrees(x / AXIS_M), np.degrees(lat)
