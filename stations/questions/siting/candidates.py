"""Candidates: premises of the atlas, bare points on its streets, points put on the map, and rows of a list."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

import numpy as np

from geodata.atlas import Atlas
from geodata.errors import PositionError
from geodata.lonlat import LonLat, distances_m, metres_per_degree
from stations.errors import HoursError, SitingError
from stations.hours import Hours
from stations.questions.siting.problem import Candidate, CandidateQuery

STREET = "street"
LISTED = "listed"
BARE = frozenset({STREET, "point"})
"""Kinds of candidates that are no premises."""

MOST_CANDIDATES = 5000
"""Beyond that a proof takes longer than anybody waits."""

LEAST_SPACING_M = 50.0


def gather_candidates(query: CandidateQuery, atlas: Atlas, mode: str) -> tuple[Candidate, ...]:
    """Put together all candidates of a question, from west to east: the order by which ties are broken.

    Raises
    ------
    SitingError
        None, more than `MOST_CANDIDATES`, two of one key, or points nearer to each other than `LEAST_SPACING_M`.
    UnknownModeError
        The atlas was built without the travel mode.
    """
    found = [*query.given, *premises_of(query.hosts, atlas)]
    if query.spacing_m is not None:
        found += street_points(query.spacing_m, atlas, mode)
    if not found:
        raise SitingError("There is no candidate to choose from. Add kinds of premises, points, or a list.")
    if len(found) > MOST_CANDIDATES:
        raise SitingError(
            "{count:,} candidates are more than {most:,}. Choose fewer kinds of premises, or a wider spacing.",
            count=len(found),
            most=MOST_CANDIDATES,
        )
    seen: set[str] = set()
    for one in found:
        if one.key in seen:
            raise SitingError("Two candidates are called {key}. Give each a name of its own.", key=one.key[:80])
        if not (one.cost >= 0 and math.isfinite(one.cost)):
            raise SitingError("Candidate {key} cannot cost {cost:g}. Give 0 or more.", key=one.key[:80], cost=one.cost)
        if one.capacity is not None and not one.capacity > 0:
            raise SitingError(
                "Candidate {key} cannot serve {capacity:g}. Give a capacity above 0, or none.",
                key=one.key[:80],
                capacity=one.capacity,
            )
        seen.add(one.key)
    return tuple(sorted(found, key=lambda one: (one.position.lon, one.position.lat, one.key)))


def premises_of(hosts: Iterable[str], atlas: Atlas) -> list[Candidate]:
    """Premises of some kinds, as the extract has them: with their names and hours."""
    wanted = frozenset(hosts)
    return [
        Candidate(one.ref, one.position, one.name, one.host, one.opening_hours or "")
        for one in atlas.premises
        if one.host in wanted
    ]


def street_points(spacing_m: float, atlas: Atlas, mode: str) -> list[Candidate]:
    """Bare points on a mode's streets, one for each square of a grid: a node where there is one, else along a street.

    Of several in a square it is that which is nearest to its middle.

    Raises
    ------
    SitingError
        The grid is too narrow.
    """
    if not spacing_m >= LEAST_SPACING_M:
        raise SitingError(
            "Points every {spacing:g} m are too close. Give {least:g} m or more.",
            spacing=spacing_m,
            least=LEAST_SPACING_M,
        )
    streets, number = atlas.streets, atlas.streets.mode_index(mode)
    main = streets.main(number)
    node = np.unique(np.concatenate((streets.edge_u[main], streets.edge_v[main])))
    along_lon, along_lat, _ = streets.samples(number, spacing_m / 4.0)
    lon = np.concatenate((streets.node_lon[node], along_lon))
    lat = np.concatenate((streets.node_lat[node], along_lat))
    between = np.arange(lon.size) >= node.size
    if not lon.size:
        return []
    lon_m, lat_m = metres_per_degree(float(lat.mean()))
    east, north = (lon - lon.min()) * lon_m / spacing_m, (lat - lat.min()) * lat_m / spacing_m
    column, row = np.floor(east).astype(np.int64), np.floor(north).astype(np.int64)
    off = np.round((east - column - 0.5) ** 2 + (north - row - 0.5) ** 2, 9)
    order = np.lexsort((lat, lon, off, between, row, column))
    first = np.ones(order.size, bool)
    first[1:] = (np.diff(column[order]) != 0) | (np.diff(row[order]) != 0)
    return [
        Candidate(f"@{lon[at]:.6f},{lat[at]:.6f}", LonLat(float(lon[at]), float(lat[at])), "", STREET)
        for at in order[first].tolist()
    ]


def read_rows(rows: Sequence[Mapping[str, str]], timezone: ZoneInfo) -> tuple[Candidate, ...]:
    """Read candidates from rows with the columns lon, lat, and where known name, kind, hours, cost, capacity.

    Parameters
    ----------
    rows
        WGS-84; numbered from 1 in what is said of them.

    Raises
    ------
    SitingError
        A cell that cannot be read: its row, its column and what it has.
    """
    return tuple(_read(number, row, timezone) for number, row in enumerate(rows, 1))


def _read(number: int, row: Mapping[str, str], timezone: ZoneInfo) -> Candidate:
    try:
        position = LonLat(_number(number, row, "lon"), _number(number, row, "lat"))
    except PositionError as fault:
        raise _unreadable(number, "lon, lat", f"{row.get('lon', '')}, {row.get('lat', '')}") from fault
    hours = row.get("hours", "").strip()
    try:
        Hours.parse(hours, timezone)
    except HoursError as fault:
        raise _unreadable(number, "hours", hours) from fault
    cost = _number(number, row, "cost") if row.get("cost", "").strip() else 1.0
    capacity = _number(number, row, "capacity") if row.get("capacity", "").strip() else None
    if cost < 0:
        raise _unreadable(number, "cost", row["cost"])
    if capacity is not None and capacity <= 0:
        raise _unreadable(number, "capacity", row["capacity"])
    name = row.get("name", "").strip()
    return Candidate(
        f"{LISTED}-{number}", position, name, row.get("kind", "").strip() or LISTED, hours, None, cost, capacity
    )


def _number(number: int, row: Mapping[str, str], column: str) -> float:
    text = row.get(column, "").strip()
    try:
        value = float(text)
    except ValueError as fault:
        raise _unreadable(number, column, text) from fault
    if not math.isfinite(value):
        raise _unreadable(number, column, text)
    return value


def _unreadable(number: int, column: str, value: str) -> SitingError:
    return SitingError(
        "Row {row} of the candidates: “{value}” cannot be the {column}. Correct the cell and read the list again.",
        row=number,
        column=column,
        value=value[:80],
    )


def premises_near(position: LonLat, atlas: Atlas) -> tuple[Candidate, float] | None:
    """The premises nearest to a position, and great-circle metres; None where the atlas has none."""
    if not atlas.premises:
        return None
    lon, lat = (np.array([getattr(one.position, axis) for one in atlas.premises]) for axis in ("lon", "lat"))
    metres = distances_m(np.full(lon.size, position.lon), np.full(lat.size, position.lat), lon, lat)
    nearest = int(np.argmin(metres))
    one = atlas.premises[nearest]
    return Candidate(one.ref, one.position, one.name, one.host, one.opening_hours or ""), float(metres[nearest])
