"""Coverage: how much demand of each township is within some minutes of a station, and where the rest is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata.atlas import Atlas
from geodata.lonlat import EARTH_RADIUS_M, Float
from geodata.snapping import Snaps
from geodata.surface import reached_areas
from stations.hours import State
from stations.questions.coverage.gaps import Gap, find_gaps
from stations.questions.reach import demand_reach, sites_on
from stations.registry.snapshot import STATE_CODES, Snapshot

BANDS = 3
"""The reached area is drawn in as many bands of equal minutes: 5, 10 and 15 of 15."""


@dataclass(frozen=True, slots=True)
class CoverageQuery:
    """What the planner asked.

    Attributes
    ----------
    at
        Count the stations that are open at this moment (aware); None counts all, whatever their hours.
    amenities
        Count the stations that have all of these, themselves or next door.
    """

    mode: str = "walk"
    minutes: float = 15.0
    at: datetime | None = None
    amenities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TownshipRow:
    """Coverage of one township, in the unit of the demand.

    Attributes
    ----------
    code, name
        Both empty for what lies outside every township.
    demand
        All of it; ``covered`` and ``uncovered`` add up to it.
    covered
        Within the minutes of a station that counts.
    covered_twice
        Within the minutes of two or more (交叉覆盖).
    perhaps
        Not covered, but within the minutes of a station whose hours at the moment are not known.
    circle
        What a circle of the same minutes in a straight line would claim.
    stations
        Active stations that count, by their position.
    """

    code: str
    name: str
    demand: float
    covered: float
    covered_twice: float
    perhaps: float
    circle: float
    uncovered: float
    stations: int

    @property
    def share(self) -> float | None:
        """Covered share of the demand, 0 to 1; None where there is no demand."""
        return self.covered / self.demand if self.demand > 0 else None


@dataclass(frozen=True, slots=True)
class CoverageAnswer:
    """Coverage by township, in total, and the gaps, largest first.

    Attributes
    ----------
    unit
        Of the demand: ``metres of street`` or ``people``.
    unsure
        Stations whose hours at the moment are not known; they count in ``perhaps`` alone.
    """

    query: CoverageQuery
    rows: tuple[TownshipRow, ...]
    total: TownshipRow
    gaps: tuple[Gap, ...]
    unit: str
    unsure: int
    revision: int
    digest: str


@dataclass(frozen=True, slots=True)
class _Counted:
    """Bool [active stations]: those that count, and those that would if they were open."""

    surely: NDArray[np.bool_]
    perhaps: NDArray[np.bool_]


def coverage(query: CoverageQuery, snapshot: Snapshot, atlas: Atlas) -> CoverageAnswer:
    """Answer a coverage question.

    A demand point is covered when the way along the streets from it to the door of a station that counts takes at
    most the minutes asked. Figures come from the demand points alone, never from a drawn area.

    Raises
    ------
    UnknownModeError
        The atlas was built without the travel mode.
    """
    counted = _counted(query, snapshot)
    limit_m = service_radius_m(query, atlas)
    demand = atlas.demand
    size = demand.weight.size
    times, maybe = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for first, reach in demand_reach(snapshot, atlas, query.mode, query.minutes):
        site = first + np.repeat(np.arange(reach.start.size - 1), np.diff(reach.start))
        near = reach.metres <= limit_m
        times += np.bincount(reach.point[near & counted.surely[site]], minlength=size)
        maybe += np.bincount(reach.point[near & counted.perhaps[site]], minlength=size)
    circle = _in_circle(snapshot, atlas, limit_m, counted.surely)
    covered = times >= 1

    group = demand.township + 1
    groups = len(atlas.townships.names) + 1
    masks = (np.ones(size, bool), covered, times >= 2, ~covered & (maybe >= 1), circle)
    sums = [np.bincount(group[mask], weights=demand.weight[mask], minlength=groups) for mask in masks]
    rows_at = snapshot.active_rows[counted.surely]
    where = atlas.townships.townships_at(snapshot.lon[rows_at], snapshot.lat[rows_at])
    standing = np.bincount(where + 1, minlength=groups)
    table = np.column_stack(sums)
    codes, names = ("", *atlas.townships.codes), ("", *atlas.townships.names)
    rows = [_row(codes[i], names[i], table[i], int(standing[i])) for i in range(1, groups)]
    if table[0, 0] > 0 or standing[0] > 0:
        rows.append(_row("", "", table[0], int(standing[0])))
    return CoverageAnswer(
        query=query,
        rows=tuple(rows),
        total=_row("", "", table.sum(axis=0), int(standing.sum())),
        gaps=find_gaps(query.mode, ~covered, counted.surely, snapshot, atlas),
        unit=demand.unit,
        unsure=int(counted.perhaps.sum()),
        revision=snapshot.revision,
        digest=atlas.digest,
    )


def reached_area(query: CoverageQuery, snapshot: Snapshot, atlas: Atlas) -> dict[float, shapely.MultiPolygon]:
    """The area from which a station that counts is within thirds of the minutes, for drawing: minutes to WGS-84."""
    network = atlas.network(query.mode)
    sites = sites_on(snapshot, atlas, query.mode)
    surely = _counted(query, snapshot).surely
    counting = Snaps(np.where(surely, sites.edge, np.int32(-1)), sites.offset_m, sites.off_m)
    bands = [query.minutes * (i + 1) / BANDS for i in range(BANDS)]
    limits_m = tuple(minutes * 60.0 * network.mode.metres_per_second for minutes in bands)
    return dict(zip(bands, reached_areas(atlas.mesh, network, counting, limits_m), strict=True))


def service_radius_m(query: CoverageQuery, atlas: Atlas) -> float:
    """Radius of the plain circle of the same minutes."""
    return query.minutes * 60.0 * atlas.network(query.mode).mode.metres_per_second


def counted_stations(query: CoverageQuery, snapshot: Snapshot) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the snapshot that count in a question, and rows that would if their unknown hours were open."""
    rows, counted = snapshot.active_rows, _counted(query, snapshot)
    return rows[counted.surely], rows[counted.perhaps]


def _counted(query: CoverageQuery, snapshot: Snapshot) -> _Counted:
    rows = snapshot.active_rows
    suits = np.ones(rows.size, bool)
    for key in query.amenities:
        suits &= snapshot.has(key, nearby=True)[rows]
    if query.at is None:
        return _Counted(suits, np.zeros(rows.size, bool))
    state = snapshot.states_at(query.at)[rows]
    return _Counted(suits & (state == STATE_CODES[State.OPEN]), suits & (state == STATE_CODES[State.UNKNOWN]))


def _row(code: str, name: str, sums: Float, stations: int) -> TownshipRow:
    demand, covered, twice, perhaps, circle = (float(value) for value in sums)
    return TownshipRow(code, name, demand, covered, twice, perhaps, circle, max(demand - covered, 0.0), stations)


def _in_circle(snapshot: Snapshot, atlas: Atlas, radius_m: float, counts: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Bool [demand points]: within a straight distance of a station that counts."""
    rows = snapshot.active_rows

    def nearest() -> Float:
        tree = cKDTree(_on_sphere(snapshot.lon[rows[counts]], snapshot.lat[rows[counts]]))
        return np.asarray(tree.query(_on_sphere(atlas.demand.lon, atlas.demand.lat))[0])

    if not counts.any():
        return np.zeros(atlas.demand.weight.size, bool)
    chord_m = 2.0 * EARTH_RADIUS_M * np.sin(min(radius_m / EARTH_RADIUS_M, np.pi) / 2.0)
    inside: NDArray[np.bool_] = (
        atlas.memo.get(("circle", snapshot.positions_digest, counts.tobytes()), nearest) <= chord_m
    )
    return inside


def _on_sphere(lon: Float, lat: Float) -> Float:
    """Positions as float64 [K, 3] in metres from the middle of the Earth; chords order as great circles do."""
    x, y = np.radians(lon), np.radians(lat)
    return EARTH_RADIUS_M * np.column_stack((np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)))
