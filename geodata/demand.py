"""Demand points: where people who may need a station are, and how many.

Without a population file, demand is metres of walkable street on a 100 m grid:
outdoor workers are where the streets are. With one, it is people. Either way a
demand point lies on a street wherever a street is known to be near, so that
travel times can be asked of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.errors import DemandError
from geodata.lonlat import METRES_PER_DEGREE, Float
from geodata.mapfile import listed
from geodata.placement import check_people, first_holding, streets_box
from geodata.population import Population, Where, load_population
from geodata.townships import Townships

CELL_M = 100.0
"""Side of a grid cell: a tenth of the kilometre that a station serves."""

MOST_BEYOND = 0.2
"""An area of people with more than this share of it beyond the streets was likely cut by the extract."""

SAMPLE_M = 25.0
"""Streets are weighed in pieces of at most this length, a quarter of a demand cell."""

METRES_OF_STREET = "metres of street"
PEOPLE = "people"
WORKERS = "workers"
SQUARE_METRES = "square metres"
BY_STREET = "street"

Int = NDArray[np.int32]
Samples = tuple[Float, Float, Float]


@dataclass(frozen=True, eq=False)
class Demand:
    """Demand points as parallel columns, in a fixed order.

    Attributes
    ----------
    lon, lat
        Degrees WGS-84, rounded to 1e-7.
    weight
        How much demand, in `unit`.
    township
        Index into the townships; -1 outside all.
    street_m
        Metres of walkable street the point stands for; 0 for points taken from a file.
    unit
        ``metres of street``, ``people``, ``workers`` or ``square metres``.
    basis
        ``street``, ``population points``, ``population polygons``, ``township totals`` or ``land``.
    notes
        What was left out or assumed, in plain words.
    """

    lon: Float
    lat: Float
    weight: Float
    township: Int
    street_m: Float
    unit: str
    basis: str
    notes: tuple[str, ...] = ()

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Columns as plain arrays, the texts as one JSON text in UTF-8."""
        texts = {"unit": self.unit, "basis": self.basis, "notes": self.notes}
        return {
            "lon": self.lon,
            "lat": self.lat,
            "weight": self.weight,
            "township": self.township,
            "street_m": self.street_m,
            "texts": np.frombuffer(json.dumps(texts, ensure_ascii=False).encode(), dtype=np.uint8),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Demand:
        """Take back what `to_arrays` gave; the columns stay the arrays they are."""
        texts = json.loads(arrays["texts"].tobytes())
        return cls(
            lon=arrays["lon"],
            lat=arrays["lat"],
            weight=arrays["weight"],
            township=arrays["township"],
            street_m=arrays["street_m"],
            unit=texts["unit"],
            basis=texts["basis"],
            notes=tuple(texts["notes"]),
        )


def demand_from_streets(lon: Float, lat: Float, metres: Float, townships: Townships, cell_m: float = CELL_M) -> Demand:
    """Weigh the cells of a grid by metres of walkable street.

    A cell that a border cuts makes a point for each township, so that the metres
    of a township are exactly its own.

    Parameters
    ----------
    lon, lat
        Middles of short pieces of street, degrees WGS-84, shape [s].
    metres
        Length of each piece, shape [s].
    townships
        What the points are counted to.
    cell_m
        Side of a cell, in metres.
    """
    held = townships.townships_at(lon, lat)
    return _on_grid(lon, lat, metres, metres, held, cell_m, BY_STREET)


def read_population(path: Path, samples: Samples, townships: Townships, unit: str = PEOPLE) -> Demand:
    """Read people, or workers, from a file and lay them on the streets.

    Points stay where they are. The people of an area, or of a township, are spread
    over the streets in it by their length, and gathered on the same grid as
    `demand_from_streets`; without a street in it they stand at a point inside.

    Parameters
    ----------
    path
        CSV (UTF-8 or GB18030), GeoPackage, GeoJSON or Shapefile, in WGS-84.
    samples
        Longitudes, latitudes (degrees WGS-84) and metres of short pieces of street.
    townships
        What the points are counted to.
    unit
        What is counted: ``people`` or ``workers``.

    Raises
    ------
    DemandError
        Unreadable, wrong in some rows, nowhere near the streets, or of townships
        that are not these.
    """
    population = load_population(path)
    laid = {Where.POINTS: _from_points, Where.POLYGONS: _from_polygons, Where.TOTALS: _from_totals}[population.where]
    return replace(laid(population, samples, townships), unit=unit)


# ---- the grid ----------------------------------------------------------------------------------


def _cells(lon: Float, lat: Float, cell_m: float) -> NDArray[np.int64]:
    """Cell of each position, on one grid for the whole Earth that starts at 0, 0.

    Rows are bands of latitude; each is cut into columns in the metric frame of its
    own middle, so cells are square everywhere and no extract moves them.
    """
    row = np.floor(lat * (METRES_PER_DEGREE / cell_m)).astype(np.int64)
    bands, band = np.unique(row, return_inverse=True)
    middle = (bands + 0.5) * (cell_m / METRES_PER_DEGREE)
    column = np.floor(lon * ((METRES_PER_DEGREE / cell_m) * np.cos(np.radians(middle)))[band]).astype(np.int64)
    return (row << 32) + column


def _on_grid(lon: Float, lat: Float, metres: Float, weight: Float, township: Int, cell_m: float, basis: str) -> Demand:
    """Gather pieces of street by cell and township; the piece nearest to the middle of weight stands for them."""
    keep = (weight > 0.0) & (metres > 0.0)
    cell = _cells(lon, lat, cell_m)
    order = np.flatnonzero(keep)
    order = order[np.lexsort((township[order], cell[order]))]
    cell, held = cell[order], township[order]
    starts = np.ones(len(order), dtype=np.bool_)
    starts[1:] = (cell[1:] != cell[:-1]) | (held[1:] != held[:-1])
    first = np.flatnonzero(starts)
    group = np.cumsum(starts) - 1
    x, y, length, share = lon[order], lat[order], metres[order], weight[order]
    if not len(first):
        return _people(x, y, share, held, basis)
    street_m: Float = np.add.reduceat(length, first)
    total: Float = np.add.reduceat(share, first)
    # Offsets from the first of the group keep the digits that degrees would lose.
    east, north = x - x[first][group], y - y[first][group]
    east -= (np.add.reduceat(east * length, first) / street_m)[group]
    north -= (np.add.reduceat(north * length, first) / street_m)[group]
    # To the square centimetre: two pieces as near as each other must not be told apart by the last bit.
    off2 = np.round(((east * np.cos(np.radians(y))) ** 2 + north**2) * METRES_PER_DEGREE**2, 4)
    nearest = np.flatnonzero(off2 == np.minimum.reduceat(off2, first)[group])
    chosen = nearest[np.unique(group[nearest], return_index=True)[1]]
    return Demand(
        lon=np.round(x[chosen], 7),
        lat=np.round(y[chosen], 7),
        weight=np.round(total, 3 if basis == BY_STREET else 6),
        township=held[first],
        street_m=np.round(street_m, 3),
        unit=METRES_OF_STREET if basis == BY_STREET else PEOPLE,
        basis=basis,
    )


# ---- people ------------------------------------------------------------------------------------


def _people(lon: Float, lat: Float, people: Float, township: Int, basis: str) -> Demand:
    """Points of people who stand for no street in particular."""
    return Demand(
        lon=np.round(lon, 7),
        lat=np.round(lat, 7),
        weight=people.astype(np.float64),
        township=township.astype(np.int32),
        street_m=np.zeros(len(lon)),
        unit=METRES_OF_STREET if basis == BY_STREET else PEOPLE,
        basis=basis,
    )


def _from_points(population: Population, samples: Samples, townships: Townships) -> Demand:
    near = check_people(population.lon, population.lat, *samples[:2])
    notes = [*population.notes, *_left_out(population, near)]
    near &= population.people > 0.0
    lon, lat = population.lon[near], population.lat[near]
    demand = _people(lon, lat, population.people[near], townships.townships_at(lon, lat), Where.POINTS.value)
    return replace(demand, notes=tuple(notes))


def _from_polygons(population: Population, samples: Samples, townships: Townships) -> Demand:
    lon, lat, _ = samples
    inside = shapely.point_on_surface(population.shapes)
    area = first_holding(population.shapes, lon, lat)
    with_street = np.bincount(area[area >= 0], minlength=len(inside)) > 0
    near = check_people(shapely.get_x(inside), shapely.get_y(inside), lon, lat, with_street)
    notes = [*population.notes, *_left_out(population, near)]
    people = np.where(near, population.people, 0.0)
    clipped = shapely.area(shapely.clip_by_rect(population.shapes, *streets_box(lon, lat)))
    cut = (people > 0.0) & (clipped < (1.0 - MOST_BEYOND) * shapely.area(population.shapes))
    if cut.any():
        notes.append(
            f"{cut.sum()} areas lie partly beyond the streets; all of their {people[cut].sum():.0f} people "
            "are laid on the streets there are."
        )
    return _spread(people, area, inside, samples, townships, Where.POLYGONS.value, notes)


def _from_totals(population: Population, samples: Samples, townships: Townships) -> Demand:
    """Match rows to townships by code, else by name, and spread the totals."""
    by_code = {code: index for index, code in enumerate(townships.codes) if code}
    by_name: dict[str, list[int]] = {}
    for index, name in enumerate(townships.names):
        by_name.setdefault(name, []).append(index)
    people = np.zeros(len(townships.names))
    taken: dict[int, str] = {}
    unknown: list[str] = []
    for row, name, code, count in zip(
        population.rows, population.names, population.codes, population.people, strict=True
    ):
        label = f"{name or code} (row {row})"
        # A 12-digit code that ends in 000 is the township's 9-digit one.
        found = by_code.get(code, by_code.get(code.removesuffix("000") if len(code) == 12 else f"{code}000"))
        matches = [found] if found is not None else by_name.get(name, [])
        if not matches:
            unknown.append(label)
        elif len(matches) > 1:
            raise DemandError(
                "Several townships are called {name}. Give the table a column “code” to tell them apart.", name=name
            )
        elif matches[0] in taken:
            raise DemandError(
                "The table gives {name} twice: {first} and {second}. Keep one of them.",
                name=townships.names[matches[0]],
                first=taken[matches[0]],
                second=label,
            )
        else:
            taken[matches[0]] = label
            people[matches[0]] = count
    if unknown:
        raise DemandError(
            "The table has townships that the boundaries do not: {unknown}. The boundaries have {known}. "
            "Use the same names, or give codes.",
            unknown=listed(unknown),
            known=listed(townships.names),
        )
    notes = list(population.notes)
    silent = [name for index, name in enumerate(townships.names) if index not in taken]
    if silent:
        notes.append(f"The table says nothing of these, so they have no demand: {listed(silent)}.")
    lon, lat, _ = samples
    held = townships.townships_at(lon, lat)
    inside = shapely.point_on_surface(townships.geometry)
    return _spread(people, held, inside, samples, townships, Where.TOTALS.value, notes)


def _spread(
    people: Float,
    area: Int,
    inside: NDArray[Any],
    samples: Samples,
    townships: Townships,
    basis: str,
    notes: list[str],
) -> Demand:
    """Spread the people of each area over the pieces of street in it, by length.

    Parameters
    ----------
    people
        Of each area, shape [a].
    area
        Area of each piece of street, -1 in none, shape [s].
    inside
        A shapely point in each area, for those without a street, shape [a].
    samples
        Pieces of street.
    townships
        What the points are counted to.
    basis, notes
        As in `Demand`.
    """
    lon, lat, metres = samples
    on = (area >= 0) & (metres > 0.0)
    street_m = np.bincount(area[on], weights=metres[on], minlength=len(people))
    per_metre = np.divide(people, street_m, out=np.zeros(len(people)), where=street_m > 0.0)
    weight = np.where(on, metres * per_metre[area], 0.0)
    held = area if basis == Where.TOTALS.value else townships.townships_at(lon, lat)
    spread = _on_grid(lon, lat, metres, weight, held, CELL_M, basis)
    bare = np.flatnonzero((street_m == 0.0) & (people > 0.0))
    if bare.size:
        notes = [
            *notes,
            f"{people[bare].sum():.0f} people of {bare.size} areas without a street stand at a point inside.",
        ]
    x, y = shapely.get_x(inside[bare]), shapely.get_y(inside[bare])
    held = bare.astype(np.int32) if basis == Where.TOTALS.value else townships.townships_at(x, y)
    alone = _people(x, y, people[bare], held, basis)
    return Demand(
        lon=np.concatenate([spread.lon, alone.lon]),
        lat=np.concatenate([spread.lat, alone.lat]),
        weight=np.concatenate([spread.weight, alone.weight]),
        township=np.concatenate([spread.township, alone.township]),
        street_m=np.concatenate([spread.street_m, alone.street_m]),
        unit=PEOPLE,
        basis=basis,
        notes=tuple(notes),
    )


def _left_out(population: Population, near: NDArray[np.bool_]) -> list[str]:
    """Tell how many people of the file live beyond the extract."""
    away = population.people[~near]
    if not away.any():
        return []
    return [f"{away.sum():.0f} of {population.people.sum():.0f} people live beyond the streets and were left out."]
