"""The nearest station: the one that is open on arrival, has what is needed and is quickest to reach."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from heapq import merge
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geodata.access import Mode, load_modes
from geodata.atlas import Atlas
from geodata.errors import OffStreetError, UnknownModeError
from geodata.lonlat import Float, LonLat, distances_m
from geodata.network import StreetNetwork
from geodata.paths import path
from geodata.snapping import Snap, Snaps
from geodata.travel import metres_between, nearest_first
from stations.hours import State, StateAt
from stations.questions.reach import sites_on, station_table
from stations.registry.snapshot import Snapshot
from stations.station import AmenityState, Station

MEAN_DETOUR = 1.324
"""Street distance over straight distance, the mean of 25 Chinese cities: the estimate where there are no streets."""

MOST_STATIONS = 50
FARTHEST_BOUND_M = 50_000.0
"""A search that found nothing within this is next run without a bound."""

Rows = NDArray[np.int64]
Basis = Literal["street", "circle"]
SERVES = frozenset({AmenityState.YES, AmenityState.NEARBY})


class Why(StrEnum):
    """Why a station does not fit."""

    CLOSED = "closed"
    CLOSING = "closing"
    LACKS = "lacks"
    NOT_KNOWN = "not_known"
    TOO_FAR = "too_far"
    NO_WAY = "no_way"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing in which a station does not fit, for the doors to put in words.

    Attributes
    ----------
    key
        ``closed`` on arrival (``opens_at``, ISO 8601 or None); ``closing`` before one gets there (``closes_at``,
        ``early_s``); ``lacks`` or ``not_known`` of an ``amenity``; ``too_far`` for the ``minutes`` asked; ``no_way``
        along the streets, as across a river without a bridge.
    """

    key: Why
    values: Mapping[str, str | float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NearestQuery:
    """What the person asked.

    Attributes
    ----------
    origin
        Where they are, WGS-84.
    at
        When they set out; aware.
    amenities
        Keys of what they need, all of it.
    limit
        1 to 50 stations.
    path
        Whether to give the way along the streets.
    """

    origin: LonLat
    at: datetime
    mode: str = "walk"
    minutes: float = 15.0
    amenities: frozenset[str] = frozenset()
    limit: int = 5
    path: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A station with what the person finds on arrival.

    Attributes
    ----------
    seconds, metres
        Door to door at the mode's speed.
    basis
        ``street``, or ``circle``: straight distance times the mean detour, an estimate.
    state
        On arrival.
    changes_at
        When that changes next; None when not within days, or not known.
    because
        The clock rule's reason for that state, in plain English: of a closure, a season, a comment of the rule, a
        calendar not announced; empty for usual hours.
    reasons
        Empty when the station fits.
    path
        The way along the streets, where asked for and known.
    """

    station: Station
    seconds: float
    metres: float
    basis: Basis
    state: State
    changes_at: datetime | None
    because: str = ""
    reasons: tuple[Reason, ...] = ()
    path: tuple[LonLat, ...] | None = None


@dataclass(frozen=True, slots=True)
class NearestAnswer:
    """Stations that fit and those that almost do, each list nearest first.

    Attributes
    ----------
    digest
        Of the atlas; None where there is none.
    """

    query: NearestQuery
    stations: tuple[Found, ...]
    almost: tuple[Found, ...]
    revision: int
    digest: str | None


def find_nearest(query: NearestQuery, snapshot: Snapshot, atlas: Atlas | None) -> NearestAnswer:
    """Find the stations that serve a person soonest.

    A station fits when it is within the minutes, has every amenity (itself or next door) and is open, or of unknown
    hours, on arrival. ``almost`` holds those nearer than the last that fits which do not, each with its reasons; when
    none fits, also the closest beyond the minutes that would, with its true time, or where no street leads to any,
    the closest in a straight line, as an estimate. Ties are broken by code.

    Raises
    ------
    UnknownModeError
        The travel mode is not known.
    """
    mode = _mode(query.mode, atlas)
    speed, at = mode.metres_per_second, query.at
    reach_m = query.minutes * 60.0 * speed
    suits = _suits(query, snapshot)
    fits: list[Found] = []
    almost: list[Found] = []
    for row, metres, basis in _by_distance(query, snapshot, atlas):
        beyond = metres > reach_m
        if beyond and fits:
            break
        seconds = metres / speed
        arrival = snapshot.hours(row).state_at(at + timedelta(seconds=seconds))
        if arrival.state is not State.CLOSED and (suits is None or suits[row]):
            reasons = (Reason(Why.TOO_FAR, {"minutes": query.minutes}),) if beyond else ()
            station = snapshot.stations[row]
            found = Found(station, seconds, metres, basis, arrival.state, arrival.until, arrival.reason, reasons)
            if beyond:
                almost.append(found)
                break
            fits.append(found)
            if len(fits) == query.limit:
                break
        elif not beyond and len(almost) < query.limit:
            almost.append(_unfit(query, snapshot, row, seconds, metres, basis, arrival))
    else:
        if not fits and atlas is not None:
            almost += _cut_off(query, snapshot, atlas, mode, suits)
    if query.path and atlas is not None:
        fits = [_with_path(found, query, snapshot, atlas) for found in fits]
        almost = [_with_path(found, query, snapshot, atlas) for found in almost]
    return NearestAnswer(query, tuple(fits), tuple(almost), snapshot.revision, None if atlas is None else atlas.digest)


def _mode(key: str, atlas: Atlas | None) -> Mode:
    modes = load_modes() if atlas is None else atlas.modes
    if key not in modes:
        known = ", ".join(modes)
        raise UnknownModeError("There is no travel mode “{mode}”. Use one of: {known}.", mode=key, known=known)
    return modes[key]


Distance = tuple[int, float, Basis]
"""A row of the snapshot, the metres to its door, and what they are measured along."""


def _by_distance(query: NearestQuery, snapshot: Snapshot, atlas: Atlas | None) -> Iterator[Distance]:
    """All active stations that can be reached, nearest first, worked out only as far as they are asked for."""
    rows = snapshot.active_rows
    if atlas is not None:
        network = atlas.network(query.mode)
        try:
            origin = network.snap(query.origin)
        except OffStreetError:
            pass
        else:
            yield from _by_street(query, snapshot, atlas, network, origin)
            return
    metres = _circle_m(query.origin, snapshot, rows)
    for at in np.argsort(metres, kind="stable").tolist():
        yield int(rows[at]), float(metres[at]), "circle"


def _by_street(
    query: NearestQuery, snapshot: Snapshot, atlas: Atlas, network: StreetNetwork, origin: Snap
) -> Iterator[Distance]:
    rows = snapshot.active_rows
    table = station_table(snapshot, atlas, query.mode)
    estimates = _estimates(query.origin, snapshot, rows, table.off_street)
    seen: set[int] = set()
    limit_m = table.limit_m
    found = nearest_first(network, table, origin)
    while True:
        for whole_m, at in merge(found, estimates) if estimates else found:
            if whole_m > limit_m:
                break
            if at not in seen:
                seen.add(at)
                yield int(rows[at]), whole_m, "circle" if table.sites.edge[at] < 0 else "street"
        if not math.isfinite(limit_m) or not _others(network, origin, table.sites, seen):
            return
        # Nothing in the table will do: search twice as far each time, at last everywhere.
        limit_m = limit_m * 2.0 if limit_m < FARTHEST_BOUND_M else math.inf
        every = metres_between(network, origin, table.sites, limit_m).round(2)
        reached = np.flatnonzero(np.isfinite(every))
        found = iter(sorted(zip(every[reached].tolist(), reached.tolist(), strict=True)))


def _estimates(origin: LonLat, snapshot: Snapshot, rows: Rows, off: Rows) -> list[tuple[float, int]]:
    """Stations that no street is near, by straight distance: (metres, site), nearest first."""
    if not off.size:
        return []
    return sorted(zip(_circle_m(origin, snapshot, rows[off]).tolist(), off.tolist(), strict=True))


def _cut_off(
    query: NearestQuery, snapshot: Snapshot, atlas: Atlas, mode: Mode, suits: NDArray[np.bool_] | None
) -> list[Found]:
    """The closest station that would do and that no street leads to from here, in a list of one; or none."""
    network = atlas.network(query.mode)
    try:
        origin = network.snap(query.origin)
    except OffStreetError:
        return []
    sites = sites_on(snapshot, atlas, query.mode)
    apart = np.flatnonzero((sites.edge >= 0) & ~np.isfinite(metres_between(network, origin, sites)))
    rows = snapshot.active_rows[apart]
    metres = _circle_m(query.origin, snapshot, rows)
    for at in np.argsort(metres, kind="stable").tolist():
        row, seconds = int(rows[at]), float(metres[at]) / mode.metres_per_second
        arrival = snapshot.hours(row).state_at(query.at + timedelta(seconds=seconds))
        if arrival.state is not State.CLOSED and (suits is None or suits[row]):
            station, why = snapshot.stations[row], (Reason(Why.NO_WAY),)
            there = (arrival.state, arrival.until, arrival.reason)
            return [Found(station, seconds, float(metres[at]), "circle", *there, why)]
    return []


def _others(network: StreetNetwork, origin: Snap, sites: Snaps, seen: set[int]) -> bool:
    """Whether streets lead from here to any station not yet seen, however far."""
    component, edge_u = network.streets.component[network.mode_index], network.streets.edge_u
    connected = (sites.edge >= 0) & (component[edge_u[sites.edge]] == component[edge_u[origin.edge]])
    return bool(connected.any()) and not seen.issuperset(np.flatnonzero(connected).tolist())


def _circle_m(origin: LonLat, snapshot: Snapshot, rows: Rows) -> Float:
    lon, lat = np.full(rows.size, origin.lon), np.full(rows.size, origin.lat)
    metres: Float = distances_m(lon, lat, snapshot.lon[rows], snapshot.lat[rows]) * MEAN_DETOUR
    return metres


def _suits(query: NearestQuery, snapshot: Snapshot) -> NDArray[np.bool_] | None:
    """Which stations have every amenity asked for, bool [n]; None when none is asked for."""
    suits: NDArray[np.bool_] | None = None
    for key in query.amenities:
        has = snapshot.has(key, nearby=True)
        suits = has if suits is None else suits & has
    return suits


def _unfit(
    query: NearestQuery, snapshot: Snapshot, row: int, seconds: float, metres: float, basis: Basis, arrival: StateAt
) -> Found:
    """A station that does not fit, with every reason against it."""
    station = snapshot.stations[row]
    reasons: list[Reason] = []
    if arrival.state is State.CLOSED:
        now = snapshot.hours(row).state_at(query.at)
        if now.state is State.OPEN and now.until is not None:
            early_s = seconds - (now.until - query.at).total_seconds()
            reasons.append(Reason(Why.CLOSING, {"closes_at": now.until.isoformat(), "early_s": round(early_s)}))
        else:
            opens_at = None if arrival.until is None else arrival.until.isoformat()
            reasons.append(Reason(Why.CLOSED, {"opens_at": opens_at}))
    for key in sorted(query.amenities):
        has = station.amenity(key)
        if has not in SERVES:
            reasons.append(Reason(Why.LACKS if has is AmenityState.NO else Why.NOT_KNOWN, {"amenity": key}))
    return Found(station, seconds, metres, basis, arrival.state, arrival.until, arrival.reason, tuple(reasons))


def _with_path(found: Found, query: NearestQuery, snapshot: Snapshot, atlas: Atlas) -> Found:
    if found.basis != "street":
        return found
    network = atlas.network(query.mode)
    sites = sites_on(snapshot, atlas, query.mode)
    at = int(np.searchsorted(snapshot.active_rows, snapshot.index(found.station.code)))
    end = Snap(int(sites.edge[at]), float(sites.offset_m[at]), float(sites.off_m[at]))
    line = path(network, query.origin, network.snap(query.origin), end, found.station.position, found.metres + 1.0)
    return replace(found, path=tuple(line))
